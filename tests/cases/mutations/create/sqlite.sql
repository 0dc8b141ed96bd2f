INSERT INTO "blog_post" ("created_at", "title", "slug", "content", "author_id", "category_id", "published", "views", "rating", "deleted_at") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING "id" AS "id";
-- ["'2030-01-02 03:04:05'","'A new post'","'a-new-post'","''","1","3","0","0","450","NULL"]: 1 rows

SELECT "t0"."id", "t0"."title", "t0"."content", "t0"."published", "t0"."views", "t0"."rating", "t0"."created_at", "t0"."deleted_at", "t1"."id", "t1"."email", "t2"."id", "t2"."name", nuages_substr("t0"."title", ?2, ?3) FROM "blog_post" AS "t0" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "t0"."author_id" LEFT JOIN "blog_category" AS "t2" ON "t2"."id" = "t0"."category_id" WHERE "t0"."id" = ?1;
-- ["key of the parent","1","5"]: 1 rows

