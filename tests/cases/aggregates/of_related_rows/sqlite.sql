SELECT "t0"."id" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 6;
-- []: 6 rows

SELECT count(*), sum("t0"."views"), max("t0"."created_at") FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1;
-- ["key of the parent"]: 6 rows

SELECT count(*), nuages_decimal_divide(nuages_decimal_sum(nuages_decimal_scaled("t0"."rating", 2)), nuages_decimal(nullif(count(nuages_decimal_scaled("t0"."rating", 2)), 0)), 16) FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1 AND "t0"."published";
-- ["key of the parent"]: 6 rows

SELECT "t0"."id" FROM "blog_comment" AS "t0" WHERE "t0"."author_id" = ?1 ORDER BY "t0"."created_at", "t0"."id" LIMIT 2;
-- ["key of the parent"]: 12 rows

SELECT count(*), min("t0"."created_at") FROM "blog_comment" AS "t0" WHERE "t0"."author_id" = ?1;
-- ["key of the parent"]: 6 rows

SELECT count(*) FROM "blog_comment" AS "t0" WHERE "t0"."author_id" = ?1;
-- ["key of the parent"]: 6 rows

SELECT "page"."c0", "t1"."id", "t1"."name" FROM (SELECT "t0"."id" AS "c0", "t0"."author_id" AS "c1" FROM "blog_post" AS "t0" ORDER BY "t0"."id" LIMIT 4) AS "page" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "page"."c1";
-- []: 4 rows

SELECT count(*), max("t0"."name") FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = ?1;
-- ["key of the parent"]: 4 rows

SELECT count(*) FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1;
-- ["key of the parent"]: 4 rows

