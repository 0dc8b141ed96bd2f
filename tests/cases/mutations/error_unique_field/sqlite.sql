INSERT INTO "blog_tag" ("name") VALUES (?1) RETURNING "id" AS "id";
-- ["'before'"]: 0 rows

