SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE EXISTS (SELECT 1 FROM "blog_post_tags" AS "t2" WHERE "t2"."post_id" = "t0"."id") ORDER BY "t0"."id" LIMIT 6;
-- []: 6 rows

SELECT "page"."position", "page"."c0" FROM (SELECT "t0"."name" AS "c0", "t0"."id" AS "c1", "parent"."position" AS "position", row_number() OVER (PARTITION BY "parent"."position" ORDER BY "t0"."name", "t0"."id") AS "number" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") JOIN "blog_post_tags" AS "t1" ON true JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = "parent"."key0") AS "page" WHERE "page"."number" <= 1 ORDER BY "page"."position", "page"."c0", "page"."c1";
-- ["[4, 6, 8, 9, 10, 12]"]: 6 rows

SELECT "page"."position", "page"."c0" FROM (SELECT "t0"."name" AS "c0", "t0"."id" AS "c1", "parent"."position" AS "position", row_number() OVER (PARTITION BY "parent"."position" ORDER BY "t0"."name", "t0"."id") AS "number" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") JOIN "blog_post_tags" AS "t1" ON true JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = "parent"."key0") AS "page" WHERE "page"."number" > 1 AND "page"."number" <= (1 + 1) ORDER BY "page"."position", "page"."c0", "page"."c1";
-- ["[4, 6, 8, 9, 10, 12]"]: 4 rows

SELECT "page"."position", "page"."c0" FROM (SELECT "t0"."name" AS "c0", "t0"."id" AS "c1", "parent"."position" AS "position", row_number() OVER (PARTITION BY "parent"."position" ORDER BY "t0"."name" DESC, "t0"."id") AS "number" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") JOIN "blog_post_tags" AS "t1" ON true JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = "parent"."key0" AND "t0"."name" <> $2) AS "page" WHERE "page"."number" <= 100 ORDER BY "page"."position", "page"."c0" DESC, "page"."c1";
-- ["[4, 6, 8, 9, 10, 12]","''"]: 14 rows

SELECT "page"."position", "page"."c0" FROM (SELECT "t0"."name" AS "c0", "t0"."id" AS "c1", "parent"."position" AS "position", row_number() OVER (PARTITION BY "parent"."position" ORDER BY "t0"."name", "t0"."id") AS "number" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") JOIN "blog_post_tags" AS "t1" ON true JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = "parent"."key0") AS "page" WHERE "page"."number" <= 2 ORDER BY "page"."position", "page"."c0", "page"."c1";
-- ["[4, 6, 8, 9, 10, 12]"]: 10 rows

SELECT "parent"."position", "page"."n" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "n" FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = "parent"."key0") AS "page";
-- ["[4, 6, 8, 9, 10, 12]"]: 6 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT DISTINCT ON ("t0"."name") "t0"."name" AS "c0" FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = "parent"."key0" ORDER BY "t0"."name", "t0"."id" LIMIT 2) AS "page";
-- ["[4, 6, 8, 9, 10, 12]"]: 10 rows

