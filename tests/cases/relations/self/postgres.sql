SELECT "page"."c0", "page"."c1", "t1"."name", "t1"."parent_id", (SELECT "t2"."name" FROM "blog_category" AS "t2" WHERE "t2"."id" = "t1"."parent_id" LIMIT 1), "page"."c2" FROM (SELECT "t0"."name" AS "c0", "t0"."parent_id" AS "c1", "t0"."id" AS "c2" FROM "blog_category" AS "t0" ORDER BY "t0"."id" LIMIT 100) AS "page" LEFT JOIN LATERAL (SELECT "t1"."name", "t1"."parent_id" FROM "blog_category" AS "t1" WHERE "t1"."id" = "page"."c1" OFFSET 0) AS "t1" ON true;
-- []: 14 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."name" AS "c0" FROM "blog_category" AS "t0" WHERE "t0"."parent_id" = "parent"."key0" ORDER BY "t0"."name", "t0"."id" LIMIT 100) AS "page";
-- ["[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]"]: 10 rows

SELECT "t0"."id", "t0"."parent_id", "t1"."id" FROM "blog_comment" AS "t0" LEFT JOIN "blog_comment" AS "t1" ON "t1"."id" = "t0"."parent_id" WHERE "t1"."id" IS NOT NULL AND "t1"."body" <> $1 ORDER BY "t0"."id" LIMIT 3;
-- ["''"]: 3 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0" FROM "blog_comment" AS "t0" WHERE "t0"."parent_id" = "parent"."key0" ORDER BY "t0"."created_at", "t0"."id" LIMIT 2) AS "page";
-- ["[2, 3, 4]"]: 4 rows

