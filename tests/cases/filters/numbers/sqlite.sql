SELECT "t0"."id", "t0"."views", "t0"."rating" FROM "blog_post" AS "t0" WHERE "t0"."views" > ?1 AND "t0"."views" < ?2 AND "t0"."rating" >= ?3 ORDER BY "t0"."views" DESC, "t0"."id" LIMIT 100;
-- ["100","70000","450"]: 9 rows

SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" WHERE "t0"."rating" >= ?1 AND "t0"."rating" <= ?2 ORDER BY "t0"."id" LIMIT 100;
-- ["333","333"]: 17 rows

SELECT "t0"."id", "t0"."views" FROM "blog_post" AS "t0" WHERE "t0"."views" IN (SELECT value FROM json_each(?1)) ORDER BY "t0"."id" LIMIT 5;
-- ["'[0,99,101]'"]: 5 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE "t0"."views" IN (SELECT value FROM json_each(?1)) ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100;
-- ["'[]'"]: 0 rows

