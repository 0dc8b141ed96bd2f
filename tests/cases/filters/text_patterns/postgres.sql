SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE "t0"."title" LIKE $1 ORDER BY "t0"."id" LIMIT 100;
-- ["'%\\%%'"]: 3 runs, 16 rows

SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE upper("t0"."title" COLLATE "C.utf8") = upper($1::text COLLATE "C.utf8") ORDER BY "t0"."id" LIMIT 100;
-- ["'HELLO'"]: 6 rows

SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE upper("t0"."title" COLLATE "C.utf8") LIKE (SELECT upper($1::text COLLATE "C.utf8")) ORDER BY "t0"."id" LIMIT 100;
-- ["'%CRÈME%'"]: 9 rows

SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE "t0"."title" ~ $1 ORDER BY "t0"."id" LIMIT 100;
-- ["'\\A[a-z]{3}\\Z'"]: 4 rows

SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE length("t0"."title") <= $1::int8 ORDER BY "t0"."id" LIMIT 100;
-- ["1"]: 4 rows

