SELECT "t0"."name", "t0"."id" FROM "blog_category" AS "t0" ORDER BY "t0"."id" LIMIT 100;
-- []: 14 rows

SELECT "parent"."position", "page"."c0", "page"."c1" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."name" AS "c0", "t0"."id" AS "c1" FROM "blog_category" AS "t0" WHERE "t0"."parent_id" = "parent"."key0" ORDER BY "t0"."name", "t0"."id" LIMIT 100) AS "page";
-- ["[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]"]: 10 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."name" AS "c0" FROM "blog_category" AS "t0" WHERE "t0"."parent_id" = "parent"."key0" ORDER BY "t0"."name", "t0"."id" LIMIT 100) AS "page";
-- ["[11, 3, 2, 5, 4, 13, 12, 6, 7, 8]"]: 7 rows

