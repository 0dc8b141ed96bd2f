SELECT "t0"."id", "t0"."email" FROM "blog_user" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 2 rows

SELECT "t0"."name" FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = ?1 ORDER BY "t0"."name", "t1"."tag_id" LIMIT 100;
-- ["key of the parent"]: 2 rows

