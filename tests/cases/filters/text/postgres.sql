SELECT "t0"."id", "t0"."title" FROM "blog_post" AS "t0" WHERE "t0"."title" LIKE $1 ORDER BY "t0"."id" LIMIT 100;
-- ["'%\\%%'"]: 9 rows

SELECT "t0"."id", "t0"."title" FROM "blog_post" AS "t0" WHERE upper("t0"."title" COLLATE "C.utf8") LIKE (SELECT upper($1::text COLLATE "C.utf8")) ORDER BY "t0"."id" LIMIT 100;
-- ["'%STRASSE%'"]: 5 rows

SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE "t0"."title" LIKE $1 ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100;
-- ["'under\\_%'"]: 2 runs, 3 rows

SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE upper("t0"."title" COLLATE "C.utf8") LIKE upper($1::text COLLATE "C.utf8") ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100;
-- ["'crème%'"]: 9 rows

SELECT "t0"."id", "t0"."name" FROM "blog_user" AS "t0" WHERE upper("t0"."name" COLLATE "C.utf8") = upper($1::text COLLATE "C.utf8") ORDER BY "t0"."id" LIMIT 100;
-- ["'σίσυφος'"]: 3 rows

