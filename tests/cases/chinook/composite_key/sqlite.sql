SELECT "page"."c0", "page"."c1", "t1"."playlist_id", "t1"."name", "t2"."track_id", "t2"."name", "t3"."album_id", "t3"."title", "t4"."artist_id", "t4"."name" FROM (SELECT "t0"."playlist_id" AS "c0", "t0"."track_id" AS "c1" FROM "playlist_track" AS "t0" ORDER BY "t0"."playlist_id", "t0"."track_id" LIMIT 3 OFFSET 2) AS "page" LEFT JOIN "playlist" AS "t1" ON "t1"."playlist_id" = "page"."c0" LEFT JOIN "track" AS "t2" ON "t2"."track_id" = "page"."c1" LEFT JOIN "album" AS "t3" ON "t3"."album_id" = "t2"."album_id" LEFT JOIN "artist" AS "t4" ON "t4"."artist_id" = "t3"."artist_id";
-- []: 3 rows

SELECT "t0"."playlist_id", "t0"."track_id", "t1"."track_id", "t1"."name" FROM "playlist_track" AS "t0" LEFT JOIN "track" AS "t1" ON "t1"."track_id" = "t0"."track_id" WHERE "t0"."playlist_id" = ?1 AND "t0"."track_id" = ?2;
-- ["1","3"]: 1 rows

SELECT "t0"."playlist_id", "t0"."track_id" FROM "playlist_track" AS "t0" WHERE "t0"."playlist_id" = ?1 AND "t0"."track_id" = ?2;
-- ["1","999999"]: 2 runs, 1 rows

SELECT "t0"."playlist_id", "t0"."track_id" FROM "playlist_track" AS "t0" ORDER BY "t0"."track_id" DESC, "t0"."playlist_id" LIMIT 3;
-- []: 3 rows

SELECT count(*) FROM "playlist_track" AS "t0";
-- []: 1 rows

