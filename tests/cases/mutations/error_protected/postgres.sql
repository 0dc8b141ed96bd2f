INSERT INTO "blog_tag" ("name") VALUES ($1) RETURNING "id" AS "id";
-- ["'before'"]: 1 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0" FROM "blog_tag" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[25]"]: 1 rows

SELECT "t0"."id" AS "id" FROM "blog_category" AS "t0" WHERE "t0"."id" = $1 FOR UPDATE OF "t0";
-- ["1"]: 1 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0" FROM "blog_category" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[1]"]: 1 rows

SELECT "t0"."id" AS "id", "t0"."parent_id" AS "parent_id" FROM "blog_category" AS "t0" WHERE "t0"."id" = $1;
-- ["1"]: 1 rows

SELECT "t0"."id" AS "id" FROM "blog_category" AS "t0" WHERE "t0"."parent_id" = $1;
-- ["1"]: 3 rows

