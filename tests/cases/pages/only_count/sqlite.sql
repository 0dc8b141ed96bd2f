SELECT count(*) FROM "blog_post" AS "t0" WHERE "t0"."published";
-- []: 1 rows

