INSERT INTO "blog_tag" ("name") VALUES (?1) RETURNING "id" AS "id";
-- ["'n1'"]: 3 rows

SELECT "t0"."name" FROM "blog_tag" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 2 runs, 4 rows

