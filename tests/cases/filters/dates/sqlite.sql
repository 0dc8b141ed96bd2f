SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" WHERE nuages_date_in("t0"."created_at", ?1) = ?2 ORDER BY "t0"."id" LIMIT 100;
-- ["'Europe/Berlin'","'2024-03-31'"]: 2 runs, 12 rows

SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" WHERE nuages_date_part("t0"."created_at", 'year', ?1) = ?2 AND nuages_date_part("t0"."created_at", 'month', ?3) IN (SELECT value FROM json_each(?4)) AND nuages_date_part("t0"."created_at", 'week_day', ?5) = ?6 ORDER BY "t0"."id" LIMIT 100;
-- ["'UTC'","2024","'UTC'","'[10,11]'","'UTC'","1"]: 21 rows

SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" WHERE nuages_date_part("t0"."created_at", 'hour', ?1) = ?2 AND nuages_date_part("t0"."created_at", 'minute', ?3) < ?4 ORDER BY "t0"."id" LIMIT 100;
-- ["'Asia/Kathmandu'","0","'Asia/Kathmandu'","15"]: 5 rows

SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" WHERE nuages_date_part("t0"."created_at", 'iso_year', ?1) = ?2 AND nuages_date_part("t0"."created_at", 'week', ?3) = ?4 ORDER BY "t0"."id" LIMIT 100;
-- ["'UTC'","2025","'UTC'","1"]: 3 rows

SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" WHERE "t0"."created_at" > ?1 ORDER BY "t0"."id" LIMIT 100;
-- ["'2038-01-19 03:14:07'"]: 6 rows

