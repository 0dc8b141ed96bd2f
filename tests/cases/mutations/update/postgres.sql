SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id", "t0"."title" AS "title" FROM "blog_post" AS "t0" WHERE "t0"."id" = $1 FOR UPDATE OF "t0";
-- ["3"]: 1 rows

UPDATE "blog_post" AS "t0" SET "title" = $1, "rating" = NULL, "views" = ("t0"."views"::int8 + $2::int8)::int4, "content" = "t0"."title" || $3::text WHERE "t0"."id" = $4;
-- ["'Changed'","1","'!'","3"]: 1 rows

SELECT "parent"."position", "page"."c0", "page"."c1", "page"."c2", "page"."c3" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."title" AS "c0", "t0"."content" AS "c1", "t0"."views" AS "c2", "t0"."rating" AS "c3" FROM "blog_post" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[3]"]: 1 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."id" = $1 FOR UPDATE OF "t0";
-- ["999999"]: 0 rows

SELECT "t0"."id" AS "id" FROM "blog_user" AS "t0" WHERE "t0"."id" = $1 FOR UPDATE OF "t0";
-- ["2"]: 1 rows

UPDATE "blog_user" AS "t0" SET "name" = $2, "updated_at" = $3 WHERE "t0"."id" = $1;
-- ["2","'Anna'","1893553445000000"]: 1 rows

SELECT "parent"."position", "page"."c0", "page"."c1", "page"."c2" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."name" AS "c0", "t0"."created_at" AS "c1", "t0"."updated_at" AS "c2" FROM "blog_user" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[2]"]: 1 rows

