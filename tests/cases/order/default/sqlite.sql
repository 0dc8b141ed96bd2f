SELECT "t0"."id", "t0"."created_at" FROM "blog_user" AS "t0" ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 3;
-- []: 3 rows

SELECT "t0"."name" FROM "blog_tag" AS "t0" ORDER BY "t0"."name", "t0"."id" LIMIT 4;
-- []: 4 rows

