SELECT "t0"."playlist_id", "t0"."name" FROM "playlist" AS "t0" WHERE EXISTS (SELECT 1 FROM "playlist_track" AS "t2" JOIN "track" AS "t1" ON "t1"."track_id" = "t2"."track_id" LEFT JOIN "genre" AS "t3" ON "t3"."genre_id" = "t1"."genre_id" WHERE "t2"."playlist_id" = "t0"."playlist_id" AND ("t3"."genre_id" IS NOT NULL AND "t3"."name" = $1)) ORDER BY "t0"."playlist_id" LIMIT 4;
-- ["'Opera'"]: 4 rows

SELECT "page"."position", "page"."c0", "page"."c1", "page"."c2" FROM (SELECT "t0"."track_id" AS "c0", "t0"."name" AS "c1", "t0"."unit_price" AS "c2", "t0"."milliseconds" AS "c3", "parent"."position" AS "position", row_number() OVER (PARTITION BY "parent"."position" ORDER BY "t0"."milliseconds" DESC, "t0"."track_id") AS "number" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") JOIN "playlist_track" AS "t1" ON true JOIN "track" AS "t0" ON "t0"."track_id" = "t1"."track_id" WHERE "t1"."playlist_id" = "parent"."key0" AND "t0"."milliseconds" > $2::int8) AS "page" WHERE "page"."number" <= 2 ORDER BY "page"."position", "page"."c3" DESC, "page"."c0";
-- ["[1, 5, 8, 12]","300000"]: 8 rows

SELECT "parent"."position", "page"."c0", "page"."c1" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."playlist_id" AS "c0", "t0"."track_id" AS "c1" FROM "playlist_track" AS "t0" WHERE "t0"."playlist_id" = "parent"."key0" ORDER BY "t0"."playlist_id", "t0"."track_id" LIMIT 2) AS "page";
-- ["[1, 5, 8, 12]"]: 8 rows

SELECT "parent"."position", "page"."n" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "n" FROM "playlist_track" AS "t0" WHERE "t0"."playlist_id" = "parent"."key0") AS "page";
-- ["[1, 5, 8, 12]"]: 4 rows

