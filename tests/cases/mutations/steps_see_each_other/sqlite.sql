INSERT INTO "blog_tag" ("name") VALUES (?1) RETURNING "id" AS "id";
-- ["'step'"]: 1 rows

SELECT "t0"."name", "t0"."id" FROM "blog_tag" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

SELECT count(*) FROM "blog_post_tags" AS "t1" JOIN "blog_post" AS "t0" ON "t0"."id" = "t1"."post_id" WHERE "t1"."tag_id" = ?1;
-- ["key of the parent"]: 2 runs, 2 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["3"]: 1 rows

SELECT "t0"."post_id" AS "post_id", "t0"."tag_id" AS "tag_id" FROM "blog_post_tags" AS "t0" WHERE "t0"."post_id" = ?1;
-- ["3"]: 0 rows

SELECT "t0"."name" AS "name", "t0"."id" AS "id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = ?1;
-- ["'step'"]: 1 rows

INSERT INTO "blog_post_tags" ("post_id", "tag_id") VALUES (?1, ?2) ON CONFLICT DO NOTHING RETURNING "id" AS "id", "post_id" AS "post_id", "tag_id" AS "tag_id";
-- ["3","25"]: 1 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

SELECT "t0"."name" FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = ?1 AND "t0"."name" = ?2 ORDER BY "t0"."name", "t1"."tag_id" LIMIT 100;
-- ["key of the parent","'step'"]: 1 rows

SELECT "t0"."id" AS "id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = ?1 ORDER BY "t0"."id";
-- ["'step'"]: 1 rows

SELECT "t0"."id" FROM "blog_tag" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

DELETE FROM "blog_post_tags" AS "t0" WHERE "t0"."tag_id" = ?1;
-- ["25"]: 1 rows

DELETE FROM "blog_tag" AS "t0" WHERE "t0"."id" = ?1;
-- ["25"]: 1 rows

