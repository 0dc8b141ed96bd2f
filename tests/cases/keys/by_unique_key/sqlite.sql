SELECT "t0"."id", "t0"."email", "t1"."id", "t1"."bio" FROM "blog_user" AS "t0" LEFT JOIN "blog_profile" AS "t1" ON "t1"."user_id" = "t0"."id" WHERE "t0"."email" = ?1;
-- ["'upper2@example.com'"]: 1 rows

SELECT "t0"."id" FROM "blog_user" AS "t0" WHERE "t0"."email" = ?1;
-- ["'nobody@example.com'"]: 0 rows

