SELECT "t0"."id", "t0"."views" FROM "blog_post" AS "t0" ORDER BY "t0"."views" DESC, "t0"."id" LIMIT 3 OFFSET 2;
-- []: 3 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 3 OFFSET 100000;
-- []: 0 rows

