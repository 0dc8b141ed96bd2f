SELECT "t0"."published", "t1"."name", count(*), count(*) FILTER (WHERE "t0"."rating" IS NOT NULL), sum("t0"."views"), round(div(sum("t0"."rating") * 100000000000000000, nullif(count("t0"."rating"), 0)::numeric) * 0.00000000000000001, 16) FROM "blog_post" AS "t0" LEFT JOIN "blog_category" AS "t1" ON "t1"."id" = "t0"."category_id" GROUP BY "t0"."published", "t1"."name" HAVING count(*) > $1::int8 ORDER BY count(*) DESC, "t0"."published", "t1"."name" LIMIT 6;
-- ["5"]: 6 rows

SELECT "t0"."author_id", count(*), max("t0"."views") FROM "blog_post" AS "t0" WHERE "t0"."views" > $1::int8 GROUP BY "t0"."author_id" ORDER BY "t0"."author_id" LIMIT 4 OFFSET 1;
-- ["1000"]: 4 rows

