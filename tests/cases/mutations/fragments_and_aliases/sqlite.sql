INSERT INTO "blog_tag" ("name") VALUES (?1) RETURNING "id" AS "id";
-- ["'f1'"]: 2 runs, 2 rows

SELECT "t0"."name" FROM "blog_tag" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 2 runs, 2 rows

