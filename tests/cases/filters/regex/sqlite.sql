SELECT "t0"."id", "t0"."title" FROM "blog_post" AS "t0" WHERE nuages_regexp(?1, "t0"."title") ORDER BY "t0"."id" LIMIT 100;
-- ["'\\Ah[^\\x{a}]*[0-9]\\z'"]: 5 rows

SELECT "t0"."id", "t0"."title" FROM "blog_post" AS "t0" WHERE nuages_regexp(?1, "t0"."title") ORDER BY "t0"."id" LIMIT 5;
-- ["'\\A[Hh][Ee][Ll][Ll][Oo]'"]: 5 rows

SELECT "t0"."name" FROM "blog_tag" AS "t0" WHERE length("t0"."name") <= ?1 ORDER BY "t0"."name", "t0"."id" LIMIT 100;
-- ["1"]: 4 rows

