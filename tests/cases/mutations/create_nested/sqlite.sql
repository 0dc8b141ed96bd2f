INSERT INTO "blog_user" ("created_at", "email", "name", "is_active", "updated_at") VALUES (?1, ?2, ?3, ?4, ?5) RETURNING "id" AS "id";
-- ["'2030-01-02 03:04:05'","'new@example.com'","'New'","1","'2030-01-02 03:04:05'"]: 1 rows

INSERT INTO "blog_profile" ("user_id", "bio", "metadata") VALUES (?1, ?2, ?3) RETURNING "id" AS "id";
-- ["53","'hello'","'{\"a\":[1,null]}'"]: 1 rows

SELECT "t0"."id" AS "id" FROM "blog_category" AS "t0" WHERE "t0"."id" = ?1;
-- ["2"]: 1 rows

INSERT INTO "blog_category" ("name", "parent_id") VALUES (?1, ?2) RETURNING "id" AS "id";
-- ["'Fresh'","1"]: 1 rows

INSERT INTO "blog_post" ("created_at", "title", "slug", "content", "author_id", "category_id", "published", "views", "rating", "deleted_at") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING "id" AS "id";
-- ["'2030-01-02 03:04:05'","'One'","'one'","''","53","15","0","0","NULL","NULL"]: 3 rows

SELECT "t0"."name" AS "name", "t0"."id" AS "id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = ?1;
-- ["'django'"]: 1 rows

SELECT "t0"."name" AS "name", "t0"."id" AS "id" FROM "blog_tag" AS "t0" WHERE "t0"."name" IN (SELECT value FROM json_each(?1));
-- ["'[\"rust\",\"quite new\"]'"]: 1 rows

INSERT INTO "blog_tag" ("name") VALUES (?1) RETURNING "id" AS "id";
-- ["'quite new'"]: 2 runs, 2 rows

INSERT INTO "blog_post_tags" ("post_id", "tag_id") VALUES (?1, ?2) ON CONFLICT DO NOTHING RETURNING "id" AS "id", "post_id" AS "post_id", "tag_id" AS "tag_id";
-- ["221","1"]: 5 rows

INSERT INTO "blog_comment" ("created_at", "post_id", "author_id", "parent_id", "body") VALUES (?1, ?2, ?3, ?4, ?5) RETURNING "id" AS "id";
-- ["'2030-01-02 03:04:05'","222","2","NULL","'first'"]: 2 rows

SELECT "t0"."email", "t0"."is_active", "t0"."created_at", "t0"."updated_at", "t1"."id", "t1"."bio", "t1"."metadata", "t0"."id", (SELECT count(*) FROM "blog_post" AS "t2" WHERE "t2"."author_id" = "t0"."id") FROM "blog_user" AS "t0" LEFT JOIN "blog_profile" AS "t1" ON "t1"."user_id" = "t0"."id" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

SELECT "page"."c0", "t1"."id", "t1"."name", "t2"."id", "t2"."name", "page"."c1" FROM (SELECT "t0"."title" AS "c0", "t0"."id" AS "c1", "t0"."category_id" AS "c2" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1 ORDER BY "t0"."slug", "t0"."id" LIMIT 100) AS "page" LEFT JOIN "blog_category" AS "t1" ON "t1"."id" = "page"."c2" LEFT JOIN "blog_category" AS "t2" ON "t2"."id" = "t1"."parent_id";
-- ["key of the parent"]: 3 rows

SELECT "t0"."name" FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = ?1 ORDER BY "t0"."name", "t1"."tag_id" LIMIT 100;
-- ["key of the parent"]: 5 rows

SELECT "page"."c0", "t1"."id" FROM (SELECT "t0"."body" AS "c0", "t0"."author_id" AS "c1" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = ?1 ORDER BY "t0"."body", "t0"."id" LIMIT 100) AS "page" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "page"."c1";
-- ["key of the parent"]: 2 rows

