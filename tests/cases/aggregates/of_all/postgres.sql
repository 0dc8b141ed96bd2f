SELECT count(*), count(DISTINCT "t0"."views"), count(*) FILTER (WHERE "t0"."published"), sum("t0"."views"), sum("t0"."rating"), sum("t0"."views") FILTER (WHERE NOT "t0"."published"), sum("t0"."views")::float8 / nullif(count("t0"."views")::float8, 0), round(div(sum("t0"."rating") * 100000000000000000, nullif(count("t0"."rating"), 0)::numeric) * 0.00000000000000001, 16), min("t0"."title"), min("t0"."created_at"), min("t0"."views"), max("t0"."rating"), max("t0"."created_at"), stddev_pop("t0"."views"::float8), var_pop("t0"."rating"::float8) FROM "blog_post" AS "t0";
-- []: 1 rows

SELECT count(*), sum("t0"."views"), round(div(sum("t0"."rating") * 100000000000000000, nullif(count("t0"."rating"), 0)::numeric) * 0.00000000000000001, 16), max("t0"."title") FROM "blog_post" AS "t0" WHERE "t0"."id" = $1;
-- ["-1"]: 1 rows

