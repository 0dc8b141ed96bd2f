SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" WHERE "t0"."rating" IS NOT ?1 ORDER BY "t0"."id" LIMIT 5;
-- ["450"]: 5 rows

SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" WHERE ("t0"."rating" > ?1) IS NOT TRUE ORDER BY "t0"."id" LIMIT 5;
-- ["0"]: 5 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE "t0"."views" = ?1 OR "t0"."rating" = ?2 ORDER BY "t0"."id" LIMIT 5;
-- ["1","1"]: 5 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE false ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100;
-- []: 0 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" ORDER BY "t0"."id" LIMIT 1;
-- []: 1 rows

