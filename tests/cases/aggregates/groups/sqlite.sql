SELECT "t0"."published", "t1"."name", count(*), count(*) FILTER (WHERE "t0"."rating" IS NOT NULL), sum("t0"."views"), nuages_decimal_divide(nuages_decimal_sum(nuages_decimal_scaled("t0"."rating", 2)), nuages_decimal(nullif(count(nuages_decimal_scaled("t0"."rating", 2)), 0)), 16) FROM "blog_post" AS "t0" LEFT JOIN "blog_category" AS "t1" ON "t1"."id" = "t0"."category_id" GROUP BY "t0"."published", "t1"."name" HAVING count(*) > ?1 ORDER BY count(*) DESC, "t0"."published", "t1"."name" NULLS LAST LIMIT 6;
-- ["5"]: 6 rows

SELECT "t0"."author_id", count(*), max("t0"."views") FROM "blog_post" AS "t0" WHERE "t0"."views" > ?1 GROUP BY "t0"."author_id" ORDER BY "t0"."author_id" LIMIT 4 OFFSET 1;
-- ["1000"]: 4 rows

