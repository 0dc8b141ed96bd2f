SELECT "t0"."id", "t0"."title", "t0"."author_id", "t1"."name", "t1"."id", "t0"."views" FROM "blog_post" AS "t0" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "t0"."author_id" WHERE "t0"."id" = $1;
-- ["5"]: 1 rows

