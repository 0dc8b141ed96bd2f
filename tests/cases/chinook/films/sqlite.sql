SELECT "page"."c0", "page"."c1", "page"."c2", "page"."c3", "t3"."language_id", "t3"."name", "t4"."language_id", "t4"."name" FROM (SELECT "t0"."film_id" AS "c0", "t0"."title" AS "c1", "t0"."rental_rate" AS "c2", "t0"."special_features" AS "c3", "t0"."language_id" AS "c4", "t0"."original_language_id" AS "c5" FROM "sak_film" AS "t0" WHERE EXISTS (SELECT 1 FROM "sak_film_actor" AS "t2" JOIN "sak_actor" AS "t1" ON "t1"."actor_id" = "t2"."actor_id" WHERE "t2"."film_id" = "t0"."film_id" AND nuages_upper("t1"."last_name") = nuages_upper(?1)) AND "t0"."rental_rate" = ?2 ORDER BY "t0"."film_id" LIMIT 3) AS "page" LEFT JOIN "sak_language" AS "t3" ON "t3"."language_id" = "page"."c4" LEFT JOIN "sak_language" AS "t4" ON "t4"."language_id" = "page"."c5";
-- ["'guiness'","0.99"]: 3 rows

SELECT "t0"."first_name", "t0"."last_name" FROM "sak_film_actor" AS "t1" JOIN "sak_actor" AS "t0" ON "t0"."actor_id" = "t1"."actor_id" WHERE "t1"."film_id" = ?1 ORDER BY "t0"."last_name", "t1"."actor_id" LIMIT 2;
-- ["key of the parent"]: 6 rows

SELECT "t0"."name" FROM "sak_film_category" AS "t1" JOIN "sak_category" AS "t0" ON "t0"."category_id" = "t1"."category_id" WHERE "t1"."film_id" = ?1 ORDER BY "t1"."category_id" LIMIT 100;
-- ["key of the parent"]: 3 rows

