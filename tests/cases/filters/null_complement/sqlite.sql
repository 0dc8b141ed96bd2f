SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" WHERE "t0"."rating" IS NOT ?1 ORDER BY "t0"."id" LIMIT 8;
-- ["450"]: 8 rows

SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" WHERE ("t0"."rating" > ?1) IS NOT TRUE ORDER BY "t0"."id" LIMIT 8;
-- ["0"]: 8 rows

SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" WHERE "t0"."rating" IS NULL ORDER BY "t0"."id" LIMIT 3;
-- []: 3 rows

SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" WHERE "t0"."rating" IS NOT NULL ORDER BY "t0"."id" LIMIT 3;
-- []: 3 rows

SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" WHERE ("t0"."rating" IN (SELECT value FROM json_each(?1))) IS NOT TRUE ORDER BY "t0"."id" LIMIT 5;
-- ["'[450,333]'"]: 5 rows

