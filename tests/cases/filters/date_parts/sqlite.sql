SELECT "t0"."created_at" FROM "blog_post" AS "t0" WHERE nuages_date_part("t0"."created_at", 'year', ?1) = ?2 ORDER BY "t0"."id" LIMIT 5;
-- ["'UTC'","2024"]: 5 rows

SELECT "t0"."created_at" FROM "blog_post" AS "t0" WHERE nuages_date_part("t0"."created_at", 'hour', ?1) = ?2 ORDER BY "t0"."id" LIMIT 5;
-- ["'Europe/Berlin'","2"]: 5 rows

SELECT "t0"."created_at" FROM "blog_post" AS "t0" WHERE nuages_date_part("t0"."created_at", 'week', ?1) = ?2 ORDER BY "t0"."id" LIMIT 5;
-- ["'UTC'","53"]: 5 rows

SELECT "t0"."created_at" FROM "blog_post" AS "t0" WHERE nuages_date_in("t0"."created_at", ?1) >= ?2 AND nuages_date_in("t0"."created_at", ?3) < ?4 ORDER BY "t0"."id" LIMIT 5;
-- ["'UTC'","'2024-12-29'","'UTC'","'2025-01-01'"]: 3 rows

SELECT "t0"."deleted_at" FROM "blog_post" AS "t0" WHERE "t0"."deleted_at" IS NOT NULL ORDER BY "t0"."id" LIMIT 5;
-- []: 5 rows

