SELECT "t0"."name", "t0"."id" FROM "blog_category" AS "t0" ORDER BY "t0"."id" LIMIT 100;
-- []: 14 rows

SELECT "t0"."name", "t0"."id" FROM "blog_category" AS "t0" WHERE "t0"."parent_id" = ?1 ORDER BY "t0"."name", "t0"."id" LIMIT 100;
-- ["key of the parent"]: 10 rows

SELECT "t0"."name" FROM "blog_category" AS "t0" WHERE "t0"."parent_id" = ?1 ORDER BY "t0"."name", "t0"."id" LIMIT 100;
-- ["key of the parent"]: 7 rows

