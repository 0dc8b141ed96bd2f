SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."id" = $1 FOR UPDATE OF "t0";
-- ["4"]: 2 runs, 2 rows

SELECT "t0"."id" AS "id" FROM "blog_user" AS "t0" WHERE "t0"."id" = $1 FOR UPDATE OF "t0";
-- ["1"]: 1 rows

UPDATE "blog_user" AS "t0" SET "name" = $1, "email" = $2::text || "t0"."email", "updated_at" = $3 WHERE "t0"."id" = $4;
-- ["'renamed'","'new.'","1893553445000000","1"]: 1 rows

INSERT INTO "blog_category" ("name", "parent_id") VALUES ($1, $2) RETURNING "id" AS "id";
-- ["'made for it'","NULL"]: 1 rows

UPDATE "blog_post" AS "t0" SET "category_id" = $2 WHERE "t0"."id" = $1;
-- ["4","15"]: 2 runs, 2 rows

SELECT "t0"."post_id" AS "post_id", "t0"."tag_id" AS "tag_id" FROM "blog_post_tags" AS "t0" WHERE "t0"."post_id" = $1;
-- ["4"]: 2 runs, 4 rows

DELETE FROM "blog_post_tags" AS "t0" WHERE "t0"."post_id" = $1 AND "t0"."tag_id" = $2;
-- ["4","7"]: 1 rows

INSERT INTO "blog_tag" ("name") VALUES ($1) RETURNING "id" AS "id";
-- ["'added'"]: 1 rows

INSERT INTO "blog_post_tags" ("post_id", "tag_id") SELECT "u"."c0", "u"."c1" FROM unnest($1::int8[], $2::int8[]) WITH ORDINALITY AS "u"("c0", "c1", "n") ORDER BY "u"."n" ON CONFLICT DO NOTHING RETURNING "id" AS "id", "post_id" AS "post_id", "tag_id" AS "tag_id", "xmax"::text = '0' AS "nuages created";
-- ["[4, 4]","[1, 25]"]: 2 runs, 4 rows

INSERT INTO "blog_comment" ("created_at", "post_id", "author_id", "parent_id", "body") VALUES ($1, $2, $3, $4, $5) RETURNING "id" AS "id";
-- ["1893553445000000","4","2","NULL","'new one'"]: 1 rows

SELECT "parent"."position", "page"."c0", "t1"."name", "t1"."email", "page"."c1", "t2"."name", "page"."c2" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."author_id" AS "c0", "t0"."category_id" AS "c1", "t0"."id" AS "c2" FROM "blog_post" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "page"."c0" LEFT JOIN "blog_category" AS "t2" ON "t2"."id" = "page"."c1";
-- ["[4]"]: 1 rows

SELECT "page"."position", "page"."c0" FROM (SELECT "t0"."name" AS "c0", "t0"."id" AS "c1", "parent"."position" AS "position", row_number() OVER (PARTITION BY "parent"."position" ORDER BY "t0"."name", "t0"."id") AS "number" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") JOIN "blog_post_tags" AS "t1" ON true JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = "parent"."key0") AS "page" WHERE "page"."number" <= 100 ORDER BY "page"."position", "page"."c0", "page"."c1";
-- ["[4]"]: 3 rows

SELECT "parent"."position", "page"."c0", (SELECT "t1"."id" FROM "blog_user" AS "t1" WHERE "t1"."id" = "page"."c0" LIMIT 1) FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."author_id" AS "c0" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = "parent"."key0" AND "t0"."body" = $2 ORDER BY "t0"."created_at", "t0"."id" LIMIT 100) AS "page";
-- ["[4]","'new one'"]: 1 rows

SELECT "t0"."name" AS "name", "t0"."id" AS "id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = $1;
-- ["'django'"]: 1 rows

DELETE FROM "blog_post_tags" AS "t0" WHERE "t0"."post_id" = $1 AND "t0"."tag_id" = ANY($2::int8[]);
-- ["6","[16, 24]"]: 2 rows

SELECT "parent"."position", "page"."c0", "page"."c1", "t1"."id" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0", "t0"."category_id" AS "c1" FROM "blog_post" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page" LEFT JOIN "blog_category" AS "t1" ON "t1"."id" = "page"."c1";
-- ["[6]"]: 1 rows

SELECT "parent"."position", (SELECT "t0"."name" FROM "blog_tag" AS "t0" WHERE "t0"."id" = "page"."c0" LIMIT 1) FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t1"."tag_id" AS "c0" FROM "blog_post_tags" AS "t1" WHERE "t1"."post_id" = "parent"."key0" ORDER BY "t1"."tag_id" LIMIT 100) AS "page";
-- ["[6]"]: 2 rows

SELECT "t0"."id" AS "id", "t0"."post_id" AS "post_id", "t0"."author_id" AS "author_id", "t0"."parent_id" AS "parent_id" FROM "blog_comment" AS "t0" WHERE "t0"."id" = $1 FOR UPDATE OF "t0";
-- ["2"]: 3 runs, 3 rows

UPDATE "blog_comment" AS "t0" SET "body" = $2 WHERE "t0"."id" = $1;
-- ["1","'the parent'"]: 2 runs, 2 rows

SELECT "parent"."position", "page"."c0", "t1"."body", "page"."c1" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."parent_id" AS "c0", "t0"."id" AS "c1" FROM "blog_comment" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page" LEFT JOIN "blog_comment" AS "t1" ON "t1"."id" = "page"."c0";
-- ["[2]"]: 1 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."body" AS "c0" FROM "blog_comment" AS "t0" WHERE "t0"."parent_id" = "parent"."key0" AND "t0"."id" = $2 ORDER BY "t0"."created_at", "t0"."id" LIMIT 100) AS "page";
-- ["[2]","3"]: 1 rows

