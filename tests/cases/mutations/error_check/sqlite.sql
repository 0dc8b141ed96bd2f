INSERT INTO "blog_tag" ("name") VALUES (?1) RETURNING "id" AS "id";
-- ["'before'"]: 1 rows

SELECT "t0"."id" FROM "blog_tag" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["3"]: 1 rows

UPDATE "blog_post" AS "t0" SET "views" = nuages_cast_integer(nuages_subtract("t0"."views", ?1), '32') WHERE "t0"."id" = ?2;
-- ["1000","3"]: 0 rows

