SELECT "page"."c0", "t3"."c0" FROM (SELECT "t0"."id" AS "c0" FROM "blog_user" AS "t0" ORDER BY (SELECT count(*) FROM "blog_post" AS "t1" WHERE "t1"."author_id" = "t0"."id") DESC, "t0"."id" LIMIT 5) AS "page" CROSS JOIN LATERAL (SELECT count(*) AS "c0" FROM "blog_post" AS "t2" WHERE "t2"."author_id" = "page"."c0") AS "t3";
-- []: 5 rows

SELECT count(*) FROM "blog_user" AS "t0";
-- []: 1 rows

