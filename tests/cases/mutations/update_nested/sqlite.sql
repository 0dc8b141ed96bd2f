SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["4"]: 2 runs, 2 rows

SELECT "t0"."id" AS "id" FROM "blog_user" AS "t0" WHERE "t0"."id" = ?1;
-- ["1"]: 1 rows

UPDATE "blog_user" AS "t0" SET "name" = ?1, "email" = nuages_store_text(?2 || "t0"."email", 254), "updated_at" = ?3 WHERE "t0"."id" = ?4;
-- ["'renamed'","'new.'","'2030-01-02 03:04:05'","1"]: 1 rows

INSERT INTO "blog_category" ("name", "parent_id") VALUES (?1, ?2) RETURNING "id" AS "id";
-- ["'made for it'","NULL"]: 1 rows

UPDATE "blog_post" AS "t0" SET "category_id" = ?2 WHERE "t0"."id" = ?1;
-- ["4","15"]: 2 runs, 2 rows

SELECT "t0"."post_id" AS "post_id", "t0"."tag_id" AS "tag_id" FROM "blog_post_tags" AS "t0" WHERE "t0"."post_id" = ?1;
-- ["4"]: 2 runs, 4 rows

DELETE FROM "blog_post_tags" AS "t0" WHERE "t0"."post_id" = ?1 AND "t0"."tag_id" = ?2;
-- ["4","7"]: 1 rows

INSERT INTO "blog_tag" ("name") VALUES (?1) RETURNING "id" AS "id";
-- ["'added'"]: 1 rows

INSERT INTO "blog_post_tags" ("post_id", "tag_id") VALUES (?1, ?2) ON CONFLICT DO NOTHING RETURNING "id" AS "id", "post_id" AS "post_id", "tag_id" AS "tag_id";
-- ["4","1"]: 2 runs, 4 rows

INSERT INTO "blog_comment" ("created_at", "post_id", "author_id", "parent_id", "body") VALUES (?1, ?2, ?3, ?4, ?5) RETURNING "id" AS "id";
-- ["'2030-01-02 03:04:05'","4","2","NULL","'new one'"]: 1 rows

SELECT "t1"."id", "t1"."name", "t1"."email", "t2"."id", "t2"."name", "t0"."id" FROM "blog_post" AS "t0" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "t0"."author_id" LEFT JOIN "blog_category" AS "t2" ON "t2"."id" = "t0"."category_id" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

SELECT "t0"."name" FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = ?1 ORDER BY "t0"."name", "t1"."tag_id" LIMIT 100;
-- ["key of the parent"]: 3 rows

SELECT "t1"."id" FROM (SELECT "t0"."author_id" AS "c0" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = ?1 AND "t0"."body" = ?2 ORDER BY "t0"."created_at", "t0"."id" LIMIT 100) AS "page" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "page"."c0";
-- ["key of the parent","'new one'"]: 1 rows

SELECT "t0"."name" AS "name", "t0"."id" AS "id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = ?1;
-- ["'django'"]: 1 rows

DELETE FROM "blog_post_tags" AS "t0" WHERE "t0"."post_id" = ?1 AND "t0"."tag_id" IN (SELECT value FROM json_each(?2));
-- ["6","'[16,24]'"]: 2 rows

SELECT "t0"."id", "t1"."id" FROM "blog_post" AS "t0" LEFT JOIN "blog_category" AS "t1" ON "t1"."id" = "t0"."category_id" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

SELECT "t0"."name" FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = ?1 ORDER BY "t1"."tag_id" LIMIT 100;
-- ["key of the parent"]: 2 rows

SELECT "t0"."id" AS "id", "t0"."post_id" AS "post_id", "t0"."author_id" AS "author_id", "t0"."parent_id" AS "parent_id" FROM "blog_comment" AS "t0" WHERE "t0"."id" = ?1;
-- ["2"]: 3 runs, 3 rows

UPDATE "blog_comment" AS "t0" SET "body" = ?2 WHERE "t0"."id" = ?1;
-- ["1","'the parent'"]: 2 runs, 2 rows

SELECT "t1"."id", "t1"."body", "t0"."id" FROM "blog_comment" AS "t0" LEFT JOIN "blog_comment" AS "t1" ON "t1"."id" = "t0"."parent_id" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

SELECT "t0"."body" FROM "blog_comment" AS "t0" WHERE "t0"."parent_id" = ?1 AND "t0"."id" = ?2 ORDER BY "t0"."created_at", "t0"."id" LIMIT 100;
-- ["key of the parent","3"]: 1 rows

