SELECT "t0"."id", "t0"."name" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 20;
-- []: 20 rows

SELECT "t0"."id", "t0"."title" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1 ORDER BY "t0"."created_at" DESC, "t0"."id" DESC LIMIT 5;
-- ["key of the parent"]: 68 rows

SELECT "page"."c0", "page"."c1", "t1"."id", "t1"."name" FROM (SELECT "t0"."id" AS "c0", "t0"."body" AS "c1", "t0"."author_id" AS "c2" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = ?1 ORDER BY "t0"."created_at" DESC, "t0"."id" DESC LIMIT 3) AS "page" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "page"."c2";
-- ["key of the parent"]: 106 rows

