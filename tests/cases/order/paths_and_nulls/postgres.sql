SELECT "t0"."id", "t0"."rating", "t0"."category_id", "t1"."name" FROM "blog_post" AS "t0" LEFT JOIN "blog_category" AS "t1" ON "t1"."id" = "t0"."category_id" ORDER BY "t1"."name" DESC, "t0"."rating" NULLS FIRST, "t0"."id" LIMIT 6;
-- []: 6 rows

SELECT "t0"."id", "t0"."rating", "t0"."author_id", "t1"."name" FROM "blog_post" AS "t0" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "t0"."author_id" ORDER BY "t0"."rating" DESC NULLS LAST, "t1"."name", "t0"."id" LIMIT 4;
-- []: 4 rows

