SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" ORDER BY "t0"."rating" DESC NULLS FIRST, "t0"."id" DESC LIMIT 4;
-- []: 4 rows

