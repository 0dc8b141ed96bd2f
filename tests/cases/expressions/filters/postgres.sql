SELECT "t0"."id", "t0"."views" FROM "blog_post" AS "t0" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "t0"."author_id" WHERE "t0"."views"::float8 > (SELECT sum("t2"."views")::float8 / nullif(count("t2"."views")::float8, 0) FROM "blog_post" AS "t2" WHERE "t2"."author_id" = "t1"."id") ORDER BY "t0"."id" LIMIT 5;
-- []: 5 rows

SELECT "t0"."id" FROM "blog_user" AS "t0" WHERE (SELECT count(*) FILTER (WHERE "t1"."published") FROM "blog_post" AS "t1" WHERE "t1"."author_id" = "t0"."id") > $1::int8 AND EXISTS (SELECT 1 FROM "blog_comment" AS "t2" LEFT JOIN "blog_post" AS "t3" ON "t3"."id" = "t2"."post_id" WHERE "t2"."author_id" = "t0"."id" AND "t3"."author_id" = "t0"."id") ORDER BY (SELECT sum("t4"."views") FROM "blog_post" AS "t4" WHERE "t4"."author_id" = "t0"."id") DESC NULLS LAST, "t0"."id" LIMIT 4;
-- ["5"]: 4 rows

SELECT "t0"."id", "t0"."title" FROM "blog_post" AS "t0" WHERE NOT ("t0"."title" = (lower("t0"."title" COLLATE "C.utf8") COLLATE "C") OR length("t0"."title") > $1::int8) ORDER BY upper("t0"."title" COLLATE "C.utf8") COLLATE "C", "t0"."id" LIMIT 4;
-- ["12"]: 4 rows

SELECT coalesce("t1"."name", $1::text), CASE WHEN "t0"."views" > $2::int8 THEN $3::text ELSE $4::text END, count(*) FROM "blog_post" AS "t0" LEFT JOIN "blog_category" AS "t1" ON "t1"."id" = "t0"."category_id" GROUP BY coalesce("t1"."name", $1::text), CASE WHEN "t0"."views" > $2::int8 THEN $3::text ELSE $4::text END ORDER BY count(*) DESC, coalesce("t1"."name", $1::text), CASE WHEN "t0"."views" > $2::int8 THEN $3::text ELSE $4::text END LIMIT 4;
-- ["'none'","1000","'hot'","'cold'"]: 4 rows

