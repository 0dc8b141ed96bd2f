SELECT "t0"."id", "t0"."metadata" FROM "blog_profile" AS "t0" WHERE nuages_upper(nuages_json_text("t0"."metadata", ?1)) = nuages_upper(?2) ORDER BY "t0"."id" LIMIT 100;
-- ["'[\"theme\"]'","'dark'"]: 3 rows

SELECT "t0"."id", "t0"."metadata" FROM "blog_profile" AS "t0" WHERE nuages_json_equal(nuages_json_get("t0"."metadata", ?1), ?2) ORDER BY "t0"."id" LIMIT 100;
-- ["'[\"a\",\"b\",\"c\",\"0\"]'","'1'"]: 2 rows

SELECT "t0"."id", "t0"."metadata" FROM "blog_profile" AS "t0" WHERE nuages_json_has_key("t0"."metadata", ?1) ORDER BY "t0"."id" LIMIT 100;
-- ["'theme'"]: 7 rows

SELECT "t0"."id", "t0"."metadata" FROM "blog_profile" AS "t0" WHERE nuages_json_equal("t0"."metadata", ?1) ORDER BY "t0"."id" LIMIT 100;
-- ["'{\"a\":1}'"]: 4 rows

SELECT "t0"."id", "t0"."metadata" FROM "blog_profile" AS "t0" WHERE nuages_json_contains("t0"."metadata", ?1) ORDER BY "t0"."id" LIMIT 100;
-- ["'{\"n\":5}'"]: 1 rows

SELECT "t0"."id", "t0"."metadata" FROM "blog_profile" AS "t0" WHERE "t0"."metadata" IS NULL ORDER BY "t0"."id" LIMIT 3;
-- []: 1 rows

