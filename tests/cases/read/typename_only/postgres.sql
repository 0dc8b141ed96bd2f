SELECT 1 FROM "blog_post" AS "t0" ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 1;
-- []: 1 rows

