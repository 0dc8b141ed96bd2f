SELECT "t0"."id", "t0"."category_id", "t1"."name", "t0"."author_id", "t2"."name" FROM "blog_post" AS "t0" LEFT JOIN "blog_category" AS "t1" ON "t1"."id" = "t0"."category_id" LEFT JOIN "blog_user" AS "t2" ON "t2"."id" = "t0"."author_id" ORDER BY "t1"."name", "t2"."name" DESC, "t0"."id" LIMIT 20;
-- []: 20 rows

