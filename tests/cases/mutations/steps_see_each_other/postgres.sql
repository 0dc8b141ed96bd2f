INSERT INTO "blog_tag" ("name") VALUES ($1) RETURNING "id" AS "id";
-- ["'step'"]: 1 rows

SELECT "parent"."position", "page"."c0", "page"."c1" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."name" AS "c0", "t0"."id" AS "c1" FROM "blog_tag" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[25]"]: 1 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "c0" FROM "blog_post_tags" AS "t1" JOIN "blog_post" AS "t0" ON "t0"."id" = "t1"."post_id" WHERE "t1"."tag_id" = "parent"."key0") AS "page";
-- ["[25]"]: 2 runs, 2 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."id" = $1 FOR UPDATE OF "t0";
-- ["3"]: 1 rows

SELECT "t0"."post_id" AS "post_id", "t0"."tag_id" AS "tag_id" FROM "blog_post_tags" AS "t0" WHERE "t0"."post_id" = $1;
-- ["3"]: 0 rows

SELECT "t0"."name" AS "name", "t0"."id" AS "id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = $1;
-- ["'step'"]: 1 rows

INSERT INTO "blog_post_tags" ("post_id", "tag_id") VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING "id" AS "id", "post_id" AS "post_id", "tag_id" AS "tag_id", "xmax"::text = '0' AS "nuages created";
-- ["3","25"]: 1 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0" FROM "blog_post" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[3]"]: 1 rows

SELECT "page"."position", "page"."c0" FROM (SELECT "t0"."name" AS "c0", "t0"."id" AS "c1", "parent"."position" AS "position", row_number() OVER (PARTITION BY "parent"."position" ORDER BY "t0"."name", "t0"."id") AS "number" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") JOIN "blog_post_tags" AS "t1" ON true JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = "parent"."key0" AND "t0"."name" = $2) AS "page" WHERE "page"."number" <= 100 ORDER BY "page"."position", "page"."c0", "page"."c1";
-- ["[3]","'step'"]: 1 rows

SELECT "t0"."id" AS "id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = $1 ORDER BY "t0"."id" FOR UPDATE OF "t0";
-- ["'step'"]: 1 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0" FROM "blog_tag" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[25]"]: 1 rows

DELETE FROM "blog_post_tags" AS "t0" WHERE "t0"."tag_id" = $1;
-- ["25"]: 1 rows

DELETE FROM "blog_tag" AS "t0" WHERE "t0"."id" = $1;
-- ["25"]: 1 rows

