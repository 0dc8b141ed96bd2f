SELECT "page"."c0", "t1"."id", "t1"."name", "t2"."id", "t2"."name", "page"."c1" FROM (SELECT "t0"."name" AS "c0", "t0"."id" AS "c1", "t0"."parent_id" AS "c2" FROM "blog_category" AS "t0" ORDER BY "t0"."id" LIMIT 100) AS "page" LEFT JOIN "blog_category" AS "t1" ON "t1"."id" = "page"."c2" LEFT JOIN "blog_category" AS "t2" ON "t2"."id" = "t1"."parent_id";
-- []: 14 rows

SELECT "t0"."name" FROM "blog_category" AS "t0" WHERE "t0"."parent_id" = ?1 ORDER BY "t0"."name", "t0"."id" LIMIT 100;
-- ["key of the parent"]: 10 rows

SELECT "t0"."id", "t0"."parent_id", "t1"."id" FROM "blog_comment" AS "t0" LEFT JOIN "blog_comment" AS "t1" ON "t1"."id" = "t0"."parent_id" WHERE "t1"."id" IS NOT NULL AND "t1"."body" <> ?1 ORDER BY "t0"."id" LIMIT 3;
-- ["''"]: 3 rows

SELECT "t0"."id" FROM "blog_comment" AS "t0" WHERE "t0"."parent_id" = ?1 ORDER BY "t0"."created_at", "t0"."id" LIMIT 2;
-- ["key of the parent"]: 4 rows

