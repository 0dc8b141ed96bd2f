SELECT "t0"."created_at" FROM "blog_post" AS "t0" WHERE nuages_date_in("t0"."created_at", ?1) = ?2 ORDER BY "t0"."id" LIMIT 5;
-- ["'Asia/Kathmandu'","'2024-03-31'"]: 5 rows

