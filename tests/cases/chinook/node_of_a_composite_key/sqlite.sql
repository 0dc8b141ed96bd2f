SELECT "t0"."playlist_id", "t0"."track_id", "t1"."track_id", "t1"."name" FROM "playlist_track" AS "t0" LEFT JOIN "track" AS "t1" ON "t1"."track_id" = "t0"."track_id" WHERE "t0"."playlist_id" = ?1 AND "t0"."track_id" = ?2;
-- ["key of the parent","key of the parent"]: 1 rows

SELECT "t0"."artist_id" FROM "artist" AS "t0" WHERE "t0"."artist_id" = ?1;
-- ["key of the parent"]: 1 rows

SELECT "t0"."playlist_id", "t0"."track_id" FROM "playlist_track" AS "t0" WHERE "t0"."playlist_id" = ?1 AND "t0"."track_id" = ?2;
-- ["key of the parent","key of the parent"]: 1 rows

