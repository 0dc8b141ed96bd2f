SELECT "t0"."id", "t0"."title" FROM "blog_post" AS "t0" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "t0"."author_id" WHERE upper("t0"."title" COLLATE "C.utf8") LIKE (SELECT upper($1::text COLLATE "C.utf8")) AND ("t0"."views" > $2::int8 OR "t1"."name" = $3) ORDER BY "t0"."id" LIMIT 4;
-- ["'%hello%'","10","'Bob'"]: 4 rows

