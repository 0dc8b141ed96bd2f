SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE EXISTS (SELECT 1 FROM "blog_post_tags" AS "t2" WHERE "t2"."post_id" = "t0"."id") ORDER BY "t0"."id" LIMIT 6;
-- []: 6 rows

SELECT "t0"."name" FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = ?1 ORDER BY "t0"."name", "t1"."tag_id" LIMIT 1;
-- ["key of the parent"]: 6 rows

SELECT "t0"."name" FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = ?1 ORDER BY "t0"."name", "t1"."tag_id" LIMIT 1 OFFSET 1;
-- ["key of the parent"]: 4 rows

SELECT "t0"."name" FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = ?1 AND "t0"."name" <> ?2 ORDER BY "t0"."name" DESC, "t1"."tag_id" LIMIT 100;
-- ["key of the parent","''"]: 14 rows

SELECT "t0"."name" FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = ?1 ORDER BY "t0"."name", "t1"."tag_id" LIMIT 2;
-- ["key of the parent"]: 10 rows

SELECT count(*) FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = ?1;
-- ["key of the parent"]: 6 rows

SELECT "page"."c0" FROM (SELECT "page"."c0" AS "c0", "page"."c1" AS "c1" FROM (SELECT "t0"."name" AS "c0", "t0"."id" AS "c1", row_number() OVER (PARTITION BY "t0"."name" ORDER BY "t0"."name", "t0"."id") AS "number" FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = ?1) AS "page" WHERE "page"."number" = 1 ORDER BY "page"."c0", "page"."c1" LIMIT 2) AS "page" ORDER BY "page"."c0", "page"."c1";
-- ["key of the parent"]: 10 rows

