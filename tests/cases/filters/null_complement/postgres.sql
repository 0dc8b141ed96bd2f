SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" WHERE "t0"."rating" IS DISTINCT FROM $1 ORDER BY "t0"."id" LIMIT 8;
-- ["'4.5000000000000000000000'"]: 8 rows

SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" WHERE ("t0"."rating" > $1) IS NOT TRUE ORDER BY "t0"."id" LIMIT 8;
-- ["'0.0000000000000000000000'"]: 8 rows

SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" WHERE "t0"."rating" IS NULL ORDER BY "t0"."id" LIMIT 3;
-- []: 3 rows

SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" WHERE "t0"."rating" IS NOT NULL ORDER BY "t0"."id" LIMIT 3;
-- []: 3 rows

SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" WHERE ("t0"."rating" = ANY($1::numeric[])) IS NOT TRUE ORDER BY "t0"."id" LIMIT 5;
-- ["['4.5000000000000000000000', '3.3300000000000000000000']"]: 5 rows

