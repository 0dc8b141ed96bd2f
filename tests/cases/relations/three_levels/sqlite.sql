SELECT "t0"."id", "t0"."name" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 5;
-- []: 5 rows

SELECT "t0"."id", "t0"."title" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1 ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 3;
-- ["key of the parent"]: 12 rows

SELECT "page"."c0", "t1"."id", "t1"."name" FROM (SELECT "t0"."id" AS "c0", "t0"."author_id" AS "c1" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = ?1 ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 2) AS "page" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "page"."c1";
-- ["key of the parent"]: 14 rows

