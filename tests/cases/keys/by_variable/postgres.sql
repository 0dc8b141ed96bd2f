SELECT "t0"."id", "t0"."slug", "t0"."views", "t0"."rating", "t0"."created_at", "t0"."deleted_at", "t0"."published" FROM "blog_post" AS "t0" WHERE "t0"."id" = $1;
-- ["57"]: 1 rows

