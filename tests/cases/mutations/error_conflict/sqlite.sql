INSERT INTO "blog_tag" ("name") VALUES (?1) RETURNING "id" AS "id";
-- ["'before'"]: 1 rows

SELECT "t0"."id" FROM "blog_tag" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id", "t0"."title" AS "title", "t0"."views" AS "views", "t0"."rating" AS "rating" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["3"]: 1 rows

