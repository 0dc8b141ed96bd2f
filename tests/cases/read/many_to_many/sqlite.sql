SELECT "t0"."id" FROM "blog_post" AS "t0" ORDER BY "t0"."id" LIMIT 10;
-- []: 10 rows

SELECT "t0"."name", "t0"."id" FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = ?1 ORDER BY "t0"."name", "t1"."tag_id" LIMIT 100;
-- ["key of the parent"]: 13 rows

SELECT "t0"."id" FROM "blog_post_tags" AS "t1" JOIN "blog_post" AS "t0" ON "t0"."id" = "t1"."post_id" WHERE "t1"."tag_id" = ?1 ORDER BY "t1"."post_id" DESC LIMIT 2;
-- ["key of the parent"]: 26 rows

