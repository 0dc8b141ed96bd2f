SELECT "t0"."id", "t0"."title" FROM "blog_post" AS "t0" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "t0"."author_id" WHERE instr(nuages_upper("t0"."title"), nuages_upper(?1)) > 0 AND ("t0"."views" > ?2 OR "t1"."name" = ?3) ORDER BY "t0"."id" LIMIT 4;
-- ["'hello'","10","'Bob'"]: 4 rows

