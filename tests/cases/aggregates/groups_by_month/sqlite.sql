SELECT nuages_trunc("t0"."created_at", 'month', ?1), "t1"."name", count(*), sum("t0"."views") FROM "blog_post" AS "t0" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "t0"."author_id" GROUP BY nuages_trunc("t0"."created_at", 'month', ?1), "t1"."name" HAVING count(*) >= ?2 OR sum("t0"."views") > ?3 ORDER BY nuages_trunc("t0"."created_at", 'month', ?1), "t1"."name" LIMIT 8;
-- ["'Europe/Berlin'","3","4000000000"]: 6 rows

