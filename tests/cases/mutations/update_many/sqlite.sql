SELECT "t0"."id" AS "id" FROM "blog_post" AS "t0" WHERE "t0"."id" IN (SELECT value FROM json_each(?1)) LIMIT 4;
-- ["'[2,3,4]'"]: 3 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."id" IN (SELECT value FROM json_each(?1)) ORDER BY "t0"."id";
-- ["'[2,3,4]'"]: 3 rows

UPDATE "blog_post" AS "t0" SET "published" = ?1, "views" = nuages_cast_integer(nuages_multiply("t0"."views", ?2), '32') WHERE "t0"."id" IN (SELECT value FROM json_each(?3));
-- ["1","2","'[2,3,4]'"]: 3 rows

SELECT "t0"."id", "t0"."published", "t0"."views" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 3 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1 ORDER BY "t0"."id";
-- ["0"]: 0 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."deleted_at" IS NULL AND "t0"."id" IN (SELECT value FROM json_each(?1)) ORDER BY "t0"."id";
-- ["'[2,3,4]'"]: 1 rows

UPDATE "blog_post" AS "t0" SET "title" = ?2 WHERE "t0"."id" = ?1;
-- ["3","'live'"]: 1 rows

SELECT "t0"."id", "t0"."title" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

