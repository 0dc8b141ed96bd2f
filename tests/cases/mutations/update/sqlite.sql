SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id", "t0"."title" AS "title" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["3"]: 1 rows

UPDATE "blog_post" AS "t0" SET "title" = ?1, "rating" = NULL, "views" = nuages_cast_integer(nuages_add("t0"."views", ?2), '32'), "content" = "t0"."title" || ?3 WHERE "t0"."id" = ?4;
-- ["'Changed'","1","'!'","3"]: 1 rows

SELECT "t0"."title", "t0"."content", "t0"."views", "t0"."rating" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["999999"]: 0 rows

SELECT "t0"."id" AS "id" FROM "blog_user" AS "t0" WHERE "t0"."id" = ?1;
-- ["2"]: 1 rows

UPDATE "blog_user" AS "t0" SET "name" = ?2, "updated_at" = ?3 WHERE "t0"."id" = ?1;
-- ["2","'Anna'","'2030-01-02 03:04:05'"]: 1 rows

SELECT "t0"."name", "t0"."created_at", "t0"."updated_at" FROM "blog_user" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

