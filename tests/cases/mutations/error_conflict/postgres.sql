INSERT INTO "blog_tag" ("name") VALUES ($1) RETURNING "id" AS "id";
-- ["'before'"]: 1 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0" FROM "blog_tag" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[25]"]: 1 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id", "t0"."title" AS "title", "t0"."views" AS "views", "t0"."rating" AS "rating" FROM "blog_post" AS "t0" WHERE "t0"."id" = $1 FOR UPDATE OF "t0";
-- ["3"]: 1 rows

