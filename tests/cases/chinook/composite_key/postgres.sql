SELECT "page"."c0", "page"."c1", "t1"."playlist_id", "t1"."name", "t2"."track_id", "t2"."name", "t3"."album_id", "t3"."title", "t4"."artist_id", "t4"."name" FROM (SELECT "t0"."playlist_id" AS "c0", "t0"."track_id" AS "c1" FROM "playlist_track" AS "t0" ORDER BY "t0"."playlist_id", "t0"."track_id" LIMIT 3 OFFSET 2) AS "page" LEFT JOIN LATERAL (SELECT "t1"."playlist_id", "t1"."name" FROM "playlist" AS "t1" WHERE "t1"."playlist_id" = "page"."c0" OFFSET 0) AS "t1" ON true LEFT JOIN LATERAL (SELECT "t2"."track_id", "t2"."name", "t2"."album_id" FROM "track" AS "t2" WHERE "t2"."track_id" = "page"."c1" OFFSET 0) AS "t2" ON true LEFT JOIN LATERAL (SELECT "t3"."album_id", "t3"."title", "t3"."artist_id" FROM "album" AS "t3" WHERE "t3"."album_id" = "t2"."album_id" OFFSET 0) AS "t3" ON true LEFT JOIN LATERAL (SELECT "t4"."artist_id", "t4"."name" FROM "artist" AS "t4" WHERE "t4"."artist_id" = "t3"."artist_id" OFFSET 0) AS "t4" ON true;
-- []: 3 rows

SELECT "t0"."playlist_id", "t0"."track_id", "t1"."track_id", "t1"."name" FROM "playlist_track" AS "t0" LEFT JOIN "track" AS "t1" ON "t1"."track_id" = "t0"."track_id" WHERE "t0"."playlist_id" = $1::int8 AND "t0"."track_id" = $2::int8;
-- ["1","3"]: 1 rows

SELECT "t0"."playlist_id", "t0"."track_id" FROM "playlist_track" AS "t0" WHERE "t0"."playlist_id" = $1::int8 AND "t0"."track_id" = $2::int8;
-- ["1","999999"]: 2 runs, 1 rows

SELECT "t0"."playlist_id", "t0"."track_id" FROM "playlist_track" AS "t0" ORDER BY "t0"."track_id" DESC, "t0"."playlist_id" LIMIT 3;
-- []: 3 rows

SELECT count(*) FROM "playlist_track" AS "t0";
-- []: 1 rows

