INSERT INTO "blog_tag" ("name") VALUES (?1) RETURNING "id" AS "id";
-- ["'before'"]: 1 rows

SELECT "t0"."id" FROM "blog_tag" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 1 rows

SELECT "t0"."id" AS "id" FROM "blog_post" AS "t0" LIMIT 11;
-- []: 11 rows

