SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" ORDER BY "t0"."rating", "t0"."id" LIMIT 4;
-- []: 4 rows

SELECT count(*) FROM "blog_post" AS "t0";
-- []: 1 rows

