INSERT INTO "blog_tag" ("name") VALUES (?1) ON CONFLICT ("name") DO NOTHING RETURNING "id" AS "id", "name" AS "name";
-- ["'rust'"]: 1 rows

SELECT "t0"."name" FROM "blog_tag" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

SELECT "t0"."author_id" AS "author_id", "t0"."slug" AS "slug", "t0"."id" AS "id" FROM "blog_post" AS "t0" WHERE ("t0"."author_id" = ?1 AND "t0"."slug" = ?2) OR ("t0"."author_id" = ?3 AND "t0"."slug" = ?4);
-- ["1","'hello-3'","1","'hello-3-b'"]: 1 rows

INSERT INTO "blog_post" ("created_at", "title", "slug", "content", "author_id", "category_id", "published", "views", "rating", "deleted_at") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT ("author_id", "slug") DO UPDATE SET "title" = "excluded"."title" RETURNING "id" AS "id", "author_id" AS "author_id", "category_id" AS "category_id", "slug" AS "slug";
-- ["'2030-01-02 03:04:05'","'changed'","'hello-3'","''","1","NULL","0","5","NULL","NULL"]: 2 rows

SELECT "t0"."title", "t0"."slug", "t0"."views" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 2 rows

