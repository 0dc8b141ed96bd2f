SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE instr("t0"."title", ?1) > 0 ORDER BY "t0"."id" LIMIT 100;
-- ["'%'"]: 2 runs, 13 rows

SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE "t0"."title" >= ?1 AND "t0"."title" < (?2 || CAST(x'ff' AS TEXT)) ORDER BY "t0"."id" LIMIT 100;
-- ["'under_'","'under_'"]: 3 rows

SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE nuages_upper("t0"."title") = nuages_upper(?1) ORDER BY "t0"."id" LIMIT 100;
-- ["'HELLO'"]: 6 rows

SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE instr(nuages_upper("t0"."title"), nuages_upper(?1)) > 0 ORDER BY "t0"."id" LIMIT 100;
-- ["'CRÈME'"]: 9 rows

SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE nuages_regexp(?1, "t0"."title") ORDER BY "t0"."id" LIMIT 100;
-- ["'\\A[a-z]{3}\\z'"]: 4 rows

SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE length("t0"."title") <= ?1 ORDER BY "t0"."id" LIMIT 100;
-- ["1"]: 4 rows

