SELECT "page"."c0", "page"."c1", "page"."c2", "t1"."id", "t1"."name", "page"."c3" FROM (SELECT "t0"."title" AS "c0", "t0"."views" AS "c1", "t0"."rating" AS "c2", "t0"."id" AS "c3", "t0"."category_id" AS "c4" FROM "blog_post" AS "t0" WHERE nuages_starts(nuages_upper("t0"."title"), nuages_upper(?1)) AND "t0"."published" ORDER BY "t0"."views" DESC, "t0"."id" LIMIT 2) AS "page" LEFT JOIN "blog_category" AS "t1" ON "t1"."id" = "page"."c4";
-- ["'crème'"]: 2 rows

SELECT "t0"."name" FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = ?1 ORDER BY "t0"."name", "t1"."tag_id" LIMIT 100;
-- ["key of the parent"]: 4 rows

SELECT "page"."c0", "t1"."id", "t1"."name" FROM (SELECT "t0"."body" AS "c0", "t0"."author_id" AS "c1" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = ?1 ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 1) AS "page" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "page"."c1";
-- ["key of the parent"]: 2 rows

