SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["999999"]: 0 rows

SELECT "t0"."email" FROM "blog_user" AS "t0" WHERE "t0"."id" = ?1;
-- ["1"]: 1 rows

