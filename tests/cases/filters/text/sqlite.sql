SELECT "t0"."id", "t0"."title" FROM "blog_post" AS "t0" WHERE instr("t0"."title", ?1) > 0 ORDER BY "t0"."id" LIMIT 100;
-- ["'%'"]: 9 rows

SELECT "t0"."id", "t0"."title" FROM "blog_post" AS "t0" WHERE instr(nuages_upper("t0"."title"), nuages_upper(?1)) > 0 ORDER BY "t0"."id" LIMIT 100;
-- ["'STRASSE'"]: 5 rows

SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE "t0"."title" >= ?1 AND "t0"."title" < (?2 || CAST(x'ff' AS TEXT)) ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100;
-- ["'under_'","'under_'"]: 3 rows

SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE nuages_starts(nuages_upper("t0"."title"), nuages_upper(?1)) ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100;
-- ["'crème'"]: 9 rows

SELECT "t0"."title" FROM "blog_post" AS "t0" WHERE nuages_ends("t0"."title", ?1) ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100;
-- ["'\\'"]: 0 rows

SELECT "t0"."id", "t0"."name" FROM "blog_user" AS "t0" WHERE nuages_upper("t0"."name") = nuages_upper(?1) ORDER BY "t0"."id" LIMIT 100;
-- ["'σίσυφος'"]: 3 rows

