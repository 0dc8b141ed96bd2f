SELECT "t0"."id" FROM "blog_post" AS "t0" ORDER BY "t0"."id" LIMIT 2 OFFSET 3;
-- []: 2 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 0;
-- []: 0 rows

