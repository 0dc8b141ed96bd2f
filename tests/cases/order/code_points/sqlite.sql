SELECT "t0"."id", "t0"."name" FROM "blog_user" AS "t0" ORDER BY "t0"."name", "t0"."id" LIMIT 60;
-- []: 52 rows

