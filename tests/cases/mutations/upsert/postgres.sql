SELECT "t0"."author_id" AS "author_id", "t0"."slug" AS "slug", "t0"."id" AS "id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = $1 AND "t0"."slug" = $2 FOR UPDATE OF "t0";
-- ["1","'fresh'"]: 2 runs, 1 rows

INSERT INTO "blog_post" ("created_at", "title", "slug", "content", "author_id", "category_id", "published", "views", "rating", "deleted_at") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING "id" AS "id";
-- ["1893553445000000","'t'","'fresh'","''","1","NULL","false","0","NULL","NULL"]: 1 rows

SELECT "parent"."position", "page"."c0", "page"."c1", "page"."c2", "t1"."id" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."title" AS "c0", "t0"."slug" AS "c1", "t0"."author_id" AS "c2" FROM "blog_post" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "page"."c2";
-- ["[221]"]: 1 rows

UPDATE "blog_post" AS "t0" SET "title" = $1, "views" = ("t0"."views"::int8 + $2::int8)::int4 WHERE "t0"."id" = $3;
-- ["'this'","10","221"]: 1 rows

SELECT "parent"."position", "page"."c0", "page"."c1" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."title" AS "c0", "t0"."views" AS "c1" FROM "blog_post" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[221]"]: 1 rows

SELECT "t0"."name" AS "name", "t0"."id" AS "id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = $1 FOR UPDATE OF "t0";
-- ["'rust'"]: 1 rows

SELECT "parent"."position", "page"."c0", "page"."c1" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0", "t0"."name" AS "c1" FROM "blog_tag" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[1]"]: 1 rows

