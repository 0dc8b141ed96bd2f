SELECT "t0"."id" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 4;
-- []: 4 rows

SELECT "page"."c0", "page"."c1", "t1"."id", "t1"."name" FROM (SELECT "t0"."id" AS "c0", "t0"."rating" AS "c1", "t0"."author_id" AS "c2" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1 ORDER BY "t0"."rating" DESC NULLS FIRST, "t0"."id" LIMIT 3) AS "page" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "page"."c2";
-- ["key of the parent"]: 12 rows

SELECT count(*) FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1;
-- ["key of the parent"]: 4 rows

