SELECT "page"."c0", "t6"."c0", "t6"."c1", "t6"."c2" FROM (SELECT "t0"."id" AS "c0" FROM "blog_user" AS "t0" WHERE ((SELECT count(*) FILTER (WHERE "t1"."published") FROM "blog_post" AS "t1" WHERE "t1"."author_id" = "t0"."id") > $1::int8 AND (SELECT sum("t2"."views") FILTER (WHERE "t2"."published") FROM "blog_post" AS "t2" WHERE "t2"."author_id" = "t0"."id") > $2) AND ((SELECT max("t3"."rating") FROM "blog_post" AS "t3" WHERE "t3"."author_id" = "t0"."id") < $3) IS NOT TRUE ORDER BY (SELECT sum("t4"."views") FILTER (WHERE "t4"."published") FROM "blog_post" AS "t4" WHERE "t4"."author_id" = "t0"."id") DESC, "t0"."id" LIMIT 5) AS "page" CROSS JOIN LATERAL (SELECT count(*) AS "c0", sum("t5"."views") AS "c1", max("t5"."rating") AS "c2" FROM "blog_post" AS "t5" WHERE "t5"."author_id" = "page"."c0" AND "t5"."published") AS "t6";
-- ["2","100","'2.0000000000000000000000'"]: 5 rows

SELECT "t0"."id", "t0"."author_id", "t1"."id" FROM "blog_comment" AS "t0" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "t0"."author_id" ORDER BY (SELECT count(*) FROM "blog_post" AS "t2" WHERE "t2"."author_id" = "t1"."id") DESC, "t0"."id" LIMIT 3;
-- []: 3 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "c0" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = "parent"."key0") AS "page";
-- ["[1]"]: 1 rows

