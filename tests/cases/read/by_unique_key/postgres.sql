SELECT "t0"."id", "t0"."email", "t0"."name", "t0"."is_active" FROM "blog_user" AS "t0" WHERE "t0"."email" = $1;
-- ["'UPPER@Example.COM'"]: 1 rows

SELECT "t0"."id", "t0"."name" FROM "blog_tag" AS "t0" WHERE "t0"."name" = $1;
-- ["'rust'"]: 1 rows

SELECT "t0"."id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = $1;
-- ["'none such'"]: 0 rows

