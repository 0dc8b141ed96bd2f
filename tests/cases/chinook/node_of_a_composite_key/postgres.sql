SELECT "parent"."position", "page"."c0", "page"."c1", "t1"."track_id", "t1"."name" FROM unnest($1::int8[], $2::int8[]) WITH ORDINALITY AS "parent"("key0", "key1", "position") CROSS JOIN LATERAL (SELECT "t0"."playlist_id" AS "c0", "t0"."track_id" AS "c1" FROM "playlist_track" AS "t0" WHERE "t0"."playlist_id" = "parent"."key0" AND "t0"."track_id" = "parent"."key1") AS "page" LEFT JOIN "track" AS "t1" ON "t1"."track_id" = "page"."c1";
-- ["[1]","[3]"]: 1 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."artist_id" AS "c0" FROM "artist" AS "t0" WHERE "t0"."artist_id" = "parent"."key0") AS "page";
-- ["[1]"]: 1 rows

SELECT "parent"."position", "page"."c0", "page"."c1" FROM unnest($1::int8[], $2::int8[]) WITH ORDINALITY AS "parent"("key0", "key1", "position") CROSS JOIN LATERAL (SELECT "t0"."playlist_id" AS "c0", "t0"."track_id" AS "c1" FROM "playlist_track" AS "t0" WHERE "t0"."playlist_id" = "parent"."key0" AND "t0"."track_id" = "parent"."key1") AS "page";
-- ["[1]","[3]"]: 1 rows

