SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" WHERE nuages_date_in("t0"."created_at", ?1) = ?2 ORDER BY "t0"."id" LIMIT 100;
-- ["'Europe/Berlin'","'2024-03-31'"]: 2 runs, 12 rows

SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" WHERE nuages_date_part("t0"."created_at", 'year', ?1) = ?2 AND nuages_date_part("t0"."created_at", 'month', ?1) IN (SELECT value FROM json_each(?3)) AND nuages_date_part("t0"."created_at", 'week_day', ?1) = ?4 ORDER BY "t0"."id" LIMIT 100;
-- ["'UTC'","2024","'[10,11]'","1"]: 21 rows

SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" WHERE nuages_date_part("t0"."created_at", 'hour', ?1) = ?2 AND nuages_date_part("t0"."created_at", 'minute', ?1) < ?3 ORDER BY "t0"."id" LIMIT 100;
-- ["'Asia/Kathmandu'","0","15"]: 5 rows

SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" WHERE nuages_date_part("t0"."created_at", 'iso_year', ?1) = ?2 AND nuages_date_part("t0"."created_at", 'week', ?1) = ?3 ORDER BY "t0"."id" LIMIT 100;
-- ["'UTC'","2025","1"]: 3 rows

SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" WHERE "t0"."created_at" > ?1 ORDER BY "t0"."id" LIMIT 100;
-- ["'2038-01-19 03:14:07'"]: 6 rows

