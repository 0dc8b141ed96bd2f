SELECT "t0"."id" FROM "blog_post" AS "t0" ORDER BY "t0"."id" LIMIT 10;
-- []: 10 rows

SELECT "page"."position", "page"."c0", "page"."c1" FROM (SELECT "t0"."name" AS "c0", "t0"."id" AS "c1", "parent"."position" AS "position", row_number() OVER (PARTITION BY "parent"."position" ORDER BY "t0"."name", "t0"."id") AS "number" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") JOIN "blog_post_tags" AS "t1" ON true JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = "parent"."key0") AS "page" WHERE "page"."number" <= 100 ORDER BY "page"."position", "page"."c0", "page"."c1";
-- ["[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"]: 13 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t1"."post_id" AS "c0" FROM "blog_post_tags" AS "t1" WHERE "t1"."tag_id" = "parent"."key0" ORDER BY "t1"."post_id" DESC LIMIT 2) AS "page";
-- ["[3, 7, 24, 16, 4, 18, 13, 11, 23, 1, 22]"]: 22 rows

