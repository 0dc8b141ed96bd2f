SELECT "t0"."title", "t0"."author_id" FROM "blog_post" AS "t0" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "t0"."author_id" WHERE "t0"."id" = $1;
-- ["5"]: 1 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE "t0"."id" = $1;
-- ["6"]: 1 rows

SELECT 1 FROM "blog_post" AS "t0" ORDER BY "t0"."id" LIMIT 2;
-- []: 2 rows

