SELECT "t0"."id" FROM "blog_post" AS "t0" ORDER BY "t0"."id" LIMIT 5;
-- []: 5 rows

SELECT "page"."position", "page"."c0" FROM (SELECT "t0"."name" AS "c0", "t0"."id" AS "c1", "parent"."position" AS "position", row_number() OVER (PARTITION BY "parent"."position" ORDER BY "t0"."name", "t0"."id") AS "number" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") JOIN "blog_post_tags" AS "t1" ON true JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = "parent"."key0") AS "page" WHERE "page"."number" <= 100 ORDER BY "page"."position", "page"."c0", "page"."c1";
-- ["[1, 2, 3, 4, 5]"]: 2 rows

SELECT "t0"."name", "t0"."id" FROM "blog_tag" AS "t0" WHERE "t0"."name" LIKE $1 ORDER BY "t0"."name", "t0"."id" LIMIT 100;
-- ["'r%'"]: 1 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t1"."post_id" AS "c0" FROM "blog_post_tags" AS "t1" WHERE "t1"."tag_id" = "parent"."key0" ORDER BY "t1"."post_id" LIMIT 3) AS "page";
-- ["[1]"]: 3 rows

