SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" ORDER BY "t0"."rating", "t0"."id" LIMIT 5;
-- []: 5 rows

SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" ORDER BY "t0"."rating" DESC NULLS FIRST, "t0"."id" LIMIT 5;
-- []: 5 rows

SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" ORDER BY "t0"."rating" DESC, "t0"."id" LIMIT 5;
-- []: 5 rows

