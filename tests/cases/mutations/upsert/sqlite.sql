SELECT "t0"."author_id" AS "author_id", "t0"."slug" AS "slug", "t0"."id" AS "id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1 AND "t0"."slug" = ?2;
-- ["1","'fresh'"]: 2 runs, 1 rows

INSERT INTO "blog_post" ("created_at", "title", "slug", "content", "author_id", "category_id", "published", "views", "rating", "deleted_at") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING "id" AS "id";
-- ["'2030-01-02 03:04:05'","'t'","'fresh'","''","1","NULL","0","0","NULL","NULL"]: 1 rows

SELECT "t0"."title", "t0"."slug", "t1"."id" FROM "blog_post" AS "t0" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "t0"."author_id" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

UPDATE "blog_post" AS "t0" SET "title" = ?1, "views" = nuages_cast_integer(nuages_add("t0"."views", ?2), '32') WHERE "t0"."id" = ?3;
-- ["'this'","10","221"]: 1 rows

SELECT "t0"."title", "t0"."views" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

SELECT "t0"."name" AS "name", "t0"."id" AS "id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = ?1;
-- ["'rust'"]: 1 rows

SELECT "t0"."id", "t0"."name" FROM "blog_tag" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

