SELECT "t0"."playlist_id", "t0"."name" FROM "playlist" AS "t0" WHERE EXISTS (SELECT 1 FROM "playlist_track" AS "t2" JOIN "track" AS "t1" ON "t1"."track_id" = "t2"."track_id" LEFT JOIN "genre" AS "t3" ON "t3"."genre_id" = "t1"."genre_id" WHERE "t2"."playlist_id" = "t0"."playlist_id" AND ("t3"."genre_id" IS NOT NULL AND "t3"."name" = ?1)) ORDER BY "t0"."playlist_id" LIMIT 4;
-- ["'Opera'"]: 4 rows

SELECT "t0"."track_id", "t0"."name", "t0"."unit_price" FROM "playlist_track" AS "t1" JOIN "track" AS "t0" ON "t0"."track_id" = "t1"."track_id" WHERE "t1"."playlist_id" = ?1 AND "t0"."milliseconds" > ?2 ORDER BY "t0"."milliseconds" DESC, "t1"."track_id" LIMIT 2;
-- ["key of the parent","300000"]: 8 rows

SELECT "t0"."playlist_id", "t0"."track_id" FROM "playlist_track" AS "t0" WHERE "t0"."playlist_id" = ?1 ORDER BY "t0"."playlist_id", "t0"."track_id" LIMIT 2;
-- ["key of the parent"]: 8 rows

SELECT count(*) FROM "playlist_track" AS "t0" WHERE "t0"."playlist_id" = ?1;
-- ["key of the parent"]: 4 rows

