SELECT "t0"."id" FROM "blog_user" AS "t0" WHERE "t0"."id" > ?1 AND "t0"."id" <= ?2 ORDER BY "t0"."id" LIMIT 100;
-- ["3","6"]: 3 rows

SELECT "t0"."id" FROM "blog_user" AS "t0" WHERE "t0"."id" >= ?1 AND "t0"."id" <= ?2 ORDER BY "t0"."id" LIMIT 100;
-- ["3","5"]: 3 rows

SELECT "t0"."id", "t0"."author_id" FROM "blog_post" AS "t0" WHERE "t0"."author_id" < ?1 ORDER BY "t0"."id" LIMIT 4;
-- ["3"]: 4 rows

