SELECT "t0"."id", "t0"."metadata" FROM "blog_profile" AS "t0" WHERE upper(("t0"."metadata" #>> $1::text[]) COLLATE "C.utf8") = upper($2::text COLLATE "C.utf8") ORDER BY "t0"."id" LIMIT 100;
-- ["['theme']","'dark'"]: 3 rows

SELECT "t0"."id", "t0"."metadata" FROM "blog_profile" AS "t0" WHERE ("t0"."metadata" #> $1::text[]) = $2::jsonb ORDER BY "t0"."id" LIMIT 100;
-- ["['a', 'b', 'c', '0']","'1'"]: 2 rows

SELECT "t0"."id", "t0"."metadata" FROM "blog_profile" AS "t0" WHERE "t0"."metadata" ? $1 ORDER BY "t0"."id" LIMIT 100;
-- ["'theme'"]: 7 rows

SELECT "t0"."id", "t0"."metadata" FROM "blog_profile" AS "t0" WHERE "t0"."metadata" = $1::jsonb ORDER BY "t0"."id" LIMIT 100;
-- ["'{\"a\":1}'"]: 4 rows

SELECT "t0"."id", "t0"."metadata" FROM "blog_profile" AS "t0" WHERE "t0"."metadata" @> $1::jsonb ORDER BY "t0"."id" LIMIT 100;
-- ["'{\"n\":5}'"]: 1 rows

SELECT "t0"."id", "t0"."metadata" FROM "blog_profile" AS "t0" WHERE "t0"."metadata" IS NULL ORDER BY "t0"."id" LIMIT 3;
-- []: 1 rows

