SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" ORDER BY "t0"."created_at" DESC, "t0"."id" DESC LIMIT 4;
-- []: 4 rows

