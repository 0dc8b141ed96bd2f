SELECT "t0"."id", "t0"."title" FROM "blog_post" AS "t0" WHERE (SELECT count(*) FROM "blog_comment" AS "t1" WHERE "t1"."post_id" = "t0"."id") > ?1 ORDER BY (SELECT count(*) FROM "blog_comment" AS "t2" WHERE "t2"."post_id" = "t0"."id") DESC, "t0"."id" LIMIT 4;
-- ["3"]: 4 rows

SELECT count(*) FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = ?1;
-- ["key of the parent"]: 4 rows

SELECT (SELECT count(*) FROM "blog_comment" AS "t3" WHERE "t3"."post_id" = "page"."c0"), "page"."c0" FROM (SELECT "t0"."id" AS "c0" FROM "blog_post" AS "t0" WHERE (SELECT count(*) FROM "blog_comment" AS "t1" WHERE "t1"."post_id" = "t0"."id") > ?1 AND "t0"."published" ORDER BY (SELECT count(*) FROM "blog_comment" AS "t2" WHERE "t2"."post_id" = "t0"."id") DESC, "t0"."id" LIMIT 3) AS "page";
-- ["3"]: 3 rows

SELECT count(*) FROM "blog_post" AS "t0" WHERE (SELECT count(*) FROM "blog_comment" AS "t1" WHERE "t1"."post_id" = "t0"."id") > ?1 AND "t0"."published";
-- ["3"]: 1 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE (SELECT count(*) FROM "blog_comment" AS "t1" WHERE "t1"."post_id" = "t0"."id") > ?1 AND "t0"."published" AND ((SELECT count(*) FROM "blog_comment" AS "t2" WHERE "t2"."post_id" = "t0"."id") <= ?5 AND ((SELECT count(*) FROM "blog_comment" AS "t2" WHERE "t2"."post_id" = "t0"."id") < ?2 OR ((SELECT count(*) FROM "blog_comment" AS "t2" WHERE "t2"."post_id" = "t0"."id") = ?3 AND "t0"."id" > ?4))) ORDER BY (SELECT count(*) FROM "blog_comment" AS "t2" WHERE "t2"."post_id" = "t0"."id") DESC, "t0"."id" LIMIT 2;
-- ["3","16","16","13","16"]: 2 rows

SELECT count(*) FROM "blog_post" AS "t0" WHERE (SELECT count(*) FROM "blog_comment" AS "t1" WHERE "t1"."post_id" = "t0"."id") > ?1;
-- ["3"]: 1 rows

SELECT "t0"."id" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 2;
-- []: 2 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1 AND (SELECT count(*) FROM "blog_comment" AS "t1" WHERE "t1"."post_id" = "t0"."id") > ?2 ORDER BY (SELECT count(*) FROM "blog_comment" AS "t2" WHERE "t2"."post_id" = "t0"."id") DESC, "t0"."id" LIMIT 2;
-- ["key of the parent","3"]: 4 rows

