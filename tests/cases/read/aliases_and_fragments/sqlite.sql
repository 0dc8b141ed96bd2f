SELECT "page"."c0", "page"."c1", "t1"."id", "t1"."name" FROM (SELECT "t0"."id" AS "c0", "t0"."title" AS "c1", "t0"."author_id" AS "c2" FROM "blog_post" AS "t0" ORDER BY "t0"."id" LIMIT 2) AS "page" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "page"."c2";
-- []: 2 rows

SELECT "t0"."id" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = ?1 ORDER BY "t0"."id" DESC LIMIT 1;
-- ["key of the parent"]: 2 rows

SELECT "t0"."id" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = ?1 ORDER BY "t0"."id" LIMIT 1;
-- ["key of the parent"]: 2 rows

SELECT "page"."c0", "page"."c1", "t1"."id", "t1"."name" FROM (SELECT "t0"."id" AS "c0", "t0"."title" AS "c1", "t0"."author_id" AS "c2" FROM "blog_post" AS "t0" ORDER BY "t0"."id" DESC LIMIT 2) AS "page" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "page"."c2";
-- []: 2 rows

