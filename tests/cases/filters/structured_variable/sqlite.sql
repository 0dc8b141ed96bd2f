SELECT "t0"."id", "t0"."views", "t0"."published" FROM "blog_post" AS "t0" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "t0"."author_id" WHERE ("t0"."published" AND "t0"."views" > ?1) AND "t1"."is_active" ORDER BY "t0"."id" LIMIT 5;
-- ["10"]: 5 rows

