SELECT count(*), count(DISTINCT "t0"."views"), count(*) FILTER (WHERE "t0"."published"), sum("t0"."views"), sum("t0"."rating"), sum("t0"."views") FILTER (WHERE NOT "t0"."published"), CAST(sum("t0"."views") AS REAL) / count("t0"."views"), nuages_decimal_divide(nuages_decimal_sum(nuages_decimal_scaled("t0"."rating", 2)), nuages_decimal(nullif(count(nuages_decimal_scaled("t0"."rating", 2)), 0)), 16), min("t0"."title"), min("t0"."created_at"), min("t0"."views"), max("t0"."rating"), max("t0"."created_at"), nuages_stddev_pop(CAST("t0"."views" AS REAL)), nuages_var_pop(nuages_decimal_to_float(nuages_decimal_scaled("t0"."rating", 2))) FROM "blog_post" AS "t0";
-- []: 1 rows

SELECT count(*), sum("t0"."views"), nuages_decimal_divide(nuages_decimal_sum(nuages_decimal_scaled("t0"."rating", 2)), nuages_decimal(nullif(count(nuages_decimal_scaled("t0"."rating", 2)), 0)), 16), max("t0"."title") FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["-1"]: 1 rows

