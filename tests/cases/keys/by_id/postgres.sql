SELECT "t0"."id", "t0"."title", "t0"."author_id", "t1"."id", "t1"."name", "t0"."category_id", "t2"."name", "t2"."parent_id", "t3"."name" FROM "blog_post" AS "t0" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "t0"."author_id" LEFT JOIN "blog_category" AS "t2" ON "t2"."id" = "t0"."category_id" LEFT JOIN "blog_category" AS "t3" ON "t3"."id" = "t2"."parent_id" WHERE "t0"."id" = $1;
-- ["5"]: 1 rows

