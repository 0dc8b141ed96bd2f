SELECT "t0"."views", "t0"."id" FROM "blog_post" AS "t0" ORDER BY "t0"."views" DESC, "t0"."id" LIMIT 4;
-- []: 4 rows

SELECT count(*) FROM "blog_post" AS "t0";
-- []: 1 rows

