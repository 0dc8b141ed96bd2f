SELECT "t0"."playlist_id", "t0"."track_id" FROM "playlist_track" AS "t0" WHERE "t0"."playlist_id" > $1::int8 OR ("t0"."playlist_id" = $2::int8 AND "t0"."track_id" > $3::int8) ORDER BY "t0"."playlist_id", "t0"."track_id" LIMIT 3;
-- ["17","17","3"]: 3 rows

SELECT "t0"."playlist_id", "t0"."track_id" FROM "playlist_track" AS "t0" WHERE ("t0"."playlist_id" > $1::int8 OR ("t0"."playlist_id" = $2::int8 AND "t0"."track_id" >= $3::int8)) AND ("t0"."playlist_id" < $4::int8 OR ("t0"."playlist_id" = $5::int8 AND "t0"."track_id" <= $6::int8)) ORDER BY "t0"."playlist_id", "t0"."track_id" LIMIT 100;
-- ["9","9","3402","10","10","2820"]: 3 rows

SELECT count(*) FROM "playlist_track" AS "t0" WHERE "t0"."playlist_id" < $1::int8 OR ("t0"."playlist_id" = $2::int8 AND "t0"."track_id" < $3::int8);
-- ["1","1","100"]: 1 rows

SELECT count(*) FROM "playlist_track" AS "t0" WHERE "t0"."playlist_id" < $1::int8 OR ("t0"."playlist_id" = $2::int8 AND "t0"."track_id" <= $3::int8);
-- ["1","1","100"]: 1 rows

