SELECT "t0"."id", "t0"."category_id", "t1"."name" FROM "blog_post" AS "t0" LEFT JOIN "blog_category" AS "t1" ON "t1"."id" = "t0"."category_id" WHERE "t1"."id" IS NOT NULL AND "t1"."name" <> $1 ORDER BY "t0"."id" LIMIT 5;
-- ["'Tech'"]: 5 rows

SELECT "t0"."id", "t0"."category_id", "t1"."name" FROM "blog_post" AS "t0" LEFT JOIN "blog_category" AS "t1" ON "t1"."id" = "t0"."category_id" WHERE NOT ("t1"."id" IS NOT NULL AND "t1"."name" <> $1) ORDER BY "t0"."id" LIMIT 5;
-- ["'Tech'"]: 5 rows

SELECT "t0"."id", "t0"."post_id", "t1"."author_id", "t2"."name", "t2"."is_active" FROM "blog_comment" AS "t0" LEFT JOIN "blog_post" AS "t1" ON "t1"."id" = "t0"."post_id" LEFT JOIN "blog_user" AS "t2" ON "t2"."id" = "t1"."author_id" WHERE NOT "t2"."is_active" ORDER BY "t0"."id" LIMIT 3;
-- []: 3 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" LEFT JOIN "blog_category" AS "t1" ON "t1"."id" = "t0"."category_id" LEFT JOIN "blog_category" AS "t2" ON "t2"."id" = "t1"."parent_id" WHERE "t1"."id" IS NOT NULL AND ("t2"."id" IS NOT NULL AND "t2"."name" = $1) ORDER BY "t0"."id" LIMIT 5;
-- ["'Tech'"]: 5 rows

