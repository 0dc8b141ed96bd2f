SELECT "t0"."id" FROM "blog_user" AS "t0" ORDER BY (SELECT count(*) FROM "blog_post" AS "t1" WHERE "t1"."author_id" = "t0"."id") DESC, "t0"."id" LIMIT 5;
-- []: 5 rows

SELECT count(*) FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1;
-- ["key of the parent"]: 4 rows

SELECT count(*) FROM "blog_user" AS "t0";
-- []: 1 rows

