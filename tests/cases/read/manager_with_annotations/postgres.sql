SELECT "page"."c0", "page"."c1", "t4"."c0" FROM (SELECT "t0"."id" AS "c0", "t0"."title" AS "c1" FROM "blog_post" AS "t0" WHERE (SELECT count(*) FROM "blog_comment" AS "t1" WHERE "t1"."post_id" = "t0"."id") > $1::int8 ORDER BY (SELECT count(*) FROM "blog_comment" AS "t2" WHERE "t2"."post_id" = "t0"."id") DESC, "t0"."id" LIMIT 4) AS "page" CROSS JOIN LATERAL (SELECT count(*) AS "c0" FROM "blog_comment" AS "t3" WHERE "t3"."post_id" = "page"."c0") AS "t4";
-- ["3"]: 4 rows

SELECT (SELECT count(*) FROM "blog_comment" AS "t3" WHERE "t3"."post_id" = "t0"."id"), "t0"."id" FROM "blog_post" AS "t0" WHERE (SELECT count(*) FROM "blog_comment" AS "t1" WHERE "t1"."post_id" = "t0"."id") > $1::int8 AND "t0"."published" ORDER BY (SELECT count(*) FROM "blog_comment" AS "t2" WHERE "t2"."post_id" = "t0"."id") DESC, "t0"."id" LIMIT 3;
-- ["3"]: 3 rows

SELECT count(*) FROM "blog_post" AS "t0" WHERE (SELECT count(*) FROM "blog_comment" AS "t1" WHERE "t1"."post_id" = "t0"."id") > $1::int8 AND "t0"."published";
-- ["3"]: 1 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE (SELECT count(*) FROM "blog_comment" AS "t1" WHERE "t1"."post_id" = "t0"."id") > $1::int8 AND "t0"."published" AND ((SELECT count(*) FROM "blog_comment" AS "t2" WHERE "t2"."post_id" = "t0"."id") <= $5::int8 AND ((SELECT count(*) FROM "blog_comment" AS "t2" WHERE "t2"."post_id" = "t0"."id") < $2::int8 OR ((SELECT count(*) FROM "blog_comment" AS "t2" WHERE "t2"."post_id" = "t0"."id") = $3::int8 AND "t0"."id" > $4))) ORDER BY (SELECT count(*) FROM "blog_comment" AS "t2" WHERE "t2"."post_id" = "t0"."id") DESC, "t0"."id" LIMIT 2;
-- ["3","16","16","13","16"]: 2 rows

SELECT count(*) FROM "blog_post" AS "t0" WHERE (SELECT count(*) FROM "blog_comment" AS "t1" WHERE "t1"."post_id" = "t0"."id") > $1::int8;
-- ["3"]: 1 rows

SELECT "t0"."id" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 2;
-- []: 2 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = "parent"."key0" AND (SELECT count(*) FROM "blog_comment" AS "t1" WHERE "t1"."post_id" = "t0"."id") > $2::int8 ORDER BY (SELECT count(*) FROM "blog_comment" AS "t2" WHERE "t2"."post_id" = "t0"."id") DESC, "t0"."id" LIMIT 2) AS "page";
-- ["[1, 2]","3"]: 4 rows

