SELECT "t0"."id" AS "id" FROM "blog_post" AS "t0" WHERE "t0"."id" = ANY($1::int8[]) LIMIT 4;
-- ["[2, 3, 4]"]: 3 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."id" = ANY($1::int8[]) ORDER BY "t0"."id" FOR UPDATE OF "t0";
-- ["[2, 3, 4]"]: 3 rows

UPDATE "blog_post" AS "t0" SET "published" = $1, "views" = ("t0"."views"::int8 * $2::int8)::int4 WHERE "t0"."id" = ANY($3::int8[]);
-- ["true","2","[2, 3, 4]"]: 3 rows

SELECT "parent"."position", "page"."c0", "page"."c1", "page"."c2" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0", "t0"."published" AS "c1", "t0"."views" AS "c2" FROM "blog_post" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[2, 3, 4]"]: 3 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."id" = $1 ORDER BY "t0"."id" FOR UPDATE OF "t0";
-- ["0"]: 0 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."deleted_at" IS NULL AND "t0"."id" = ANY($1::int8[]) ORDER BY "t0"."id" FOR UPDATE OF "t0";
-- ["[2, 3, 4]"]: 1 rows

UPDATE "blog_post" AS "t0" SET "title" = $2 WHERE "t0"."id" = $1;
-- ["3","'live'"]: 1 rows

SELECT "parent"."position", "page"."c0", "page"."c1" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0", "t0"."title" AS "c1" FROM "blog_post" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[3]"]: 1 rows

