SELECT "page"."c0", "page"."c1", "page"."c2", "page"."c3", (SELECT "t1"."name" FROM "blog_category" AS "t1" WHERE "t1"."id" = "page"."c3" LIMIT 1), "page"."c4" FROM (SELECT "t0"."title" AS "c0", "t0"."views" AS "c1", "t0"."rating" AS "c2", "t0"."category_id" AS "c3", "t0"."id" AS "c4" FROM "blog_post" AS "t0" WHERE upper("t0"."title" COLLATE "C.utf8") LIKE upper($1::text COLLATE "C.utf8") AND "t0"."published" ORDER BY "t0"."views" DESC, "t0"."id" LIMIT 2) AS "page";
-- ["'crème%'"]: 2 rows

SELECT "page"."position", "page"."c0" FROM (SELECT "t0"."name" AS "c0", "t0"."id" AS "c1", "parent"."position" AS "position", row_number() OVER (PARTITION BY "parent"."position" ORDER BY "t0"."name", "t0"."id") AS "number" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") JOIN "blog_post_tags" AS "t1" ON true JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = "parent"."key0") AS "page" WHERE "page"."number" <= 100 ORDER BY "page"."position", "page"."c0", "page"."c1";
-- ["[69, 19]"]: 4 rows

SELECT "parent"."position", "page"."c0", "page"."c1", (SELECT "t1"."name" FROM "blog_user" AS "t1" WHERE "t1"."id" = "page"."c1" LIMIT 1) FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."body" AS "c0", "t0"."author_id" AS "c1" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = "parent"."key0" ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 1) AS "page";
-- ["[69, 19]"]: 2 rows

