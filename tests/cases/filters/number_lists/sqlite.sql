SELECT "t0"."id", "t0"."views" FROM "blog_post" AS "t0" WHERE "t0"."views" IN (SELECT value FROM json_each(?1)) ORDER BY "t0"."id" LIMIT 10;
-- ["'[0,2147483647]'"]: 10 rows

SELECT "t0"."views" FROM "blog_post" AS "t0" WHERE "t0"."views" >= ?1 AND "t0"."views" <= ?2 ORDER BY "t0"."id" LIMIT 10;
-- ["99","101"]: 10 rows

SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" WHERE "t0"."rating" >= ?1 AND "t0"."rating" < ?2 ORDER BY "t0"."id" LIMIT 100;
-- ["450","500"]: 34 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE "t0"."rating" = ?1 ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100;
-- ["0.5"]: 0 rows

