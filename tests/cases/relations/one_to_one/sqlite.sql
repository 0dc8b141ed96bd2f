SELECT "page"."c0", "t1"."id", "t2"."id" FROM (SELECT "t0"."id" AS "c0" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 6) AS "page" LEFT JOIN "blog_profile" AS "t1" ON "t1"."user_id" = "page"."c0" LEFT JOIN "blog_user" AS "t2" ON "t2"."id" = "t1"."user_id";
-- []: 6 rows

SELECT "page"."c0", "page"."c1", "t1"."id", "t1"."email" FROM (SELECT "t0"."id" AS "c0", "t0"."user_id" AS "c1" FROM "blog_profile" AS "t0" ORDER BY "t0"."id" LIMIT 2) AS "page" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "page"."c1";
-- []: 2 rows

