SELECT "page"."c0", "t1"."id", "t1"."user_id", (SELECT "t2"."id" FROM "blog_user" AS "t2" WHERE "t2"."id" = "t1"."user_id" LIMIT 1) FROM (SELECT "t0"."id" AS "c0" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 6) AS "page" LEFT JOIN LATERAL (SELECT "t1"."id", "t1"."user_id" FROM "blog_profile" AS "t1" WHERE "t1"."user_id" = "page"."c0" OFFSET 0) AS "t1" ON true;
-- []: 6 rows

SELECT "page"."c0", "page"."c1", (SELECT "t1"."email" FROM "blog_user" AS "t1" WHERE "t1"."id" = "page"."c1" LIMIT 1) FROM (SELECT "t0"."id" AS "c0", "t0"."user_id" AS "c1" FROM "blog_profile" AS "t0" ORDER BY "t0"."id" LIMIT 2) AS "page";
-- []: 2 rows

