SELECT "t0"."id", "t0"."title", "t0"."slug", "t0"."views", "t0"."published", "t0"."rating", "t0"."created_at", "t0"."deleted_at", "t0"."author_id", "t0"."category_id" FROM "blog_post" AS "t0" WHERE "t0"."id" = $1;
-- ["4"]: 1 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE "t0"."id" = $1;
-- ["999999"]: 0 rows

