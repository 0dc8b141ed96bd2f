SELECT "t0"."id" FROM "blog_user" AS "t0" WHERE ((SELECT count(*) FILTER (WHERE "t1"."published") FROM "blog_post" AS "t1" WHERE "t1"."author_id" = "t0"."id") > ?1 AND (SELECT sum("t2"."views") FILTER (WHERE "t2"."published") FROM "blog_post" AS "t2" WHERE "t2"."author_id" = "t0"."id") > ?2) AND ((SELECT max("t3"."rating") FROM "blog_post" AS "t3" WHERE "t3"."author_id" = "t0"."id") < ?3) IS NOT TRUE ORDER BY (SELECT sum("t4"."views") FILTER (WHERE "t4"."published") FROM "blog_post" AS "t4" WHERE "t4"."author_id" = "t0"."id") DESC NULLS FIRST, "t0"."id" LIMIT 5;
-- ["2","100","200"]: 5 rows

SELECT count(*), sum("t0"."views"), max("t0"."rating") FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1 AND "t0"."published";
-- ["key of the parent"]: 5 rows

SELECT "t0"."id", "t1"."id" FROM "blog_comment" AS "t0" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "t0"."author_id" ORDER BY (SELECT count(*) FROM "blog_post" AS "t2" WHERE "t2"."author_id" = "t1"."id") DESC, "t0"."id" LIMIT 3;
-- []: 3 rows

SELECT count(*) FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1;
-- ["key of the parent"]: 3 rows

