SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" WHERE ("t0"."created_at" AT TIME ZONE $1::text)::date = $2 ORDER BY "t0"."id" LIMIT 100;
-- ["'Europe/Berlin'","19813"]: 2 runs, 12 rows

SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" WHERE extract(year from "t0"."created_at" AT TIME ZONE $1::text)::int8 = $2::int8 AND extract(month from "t0"."created_at" AT TIME ZONE $3::text)::int8 = ANY($4::int8[]) AND (extract(dow from "t0"."created_at" AT TIME ZONE $5::text)::int8 + 1) = $6::int8 ORDER BY "t0"."id" LIMIT 100;
-- ["'UTC'","2024","'UTC'","[10, 11]","'UTC'","1"]: 21 rows

SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" WHERE extract(hour from "t0"."created_at" AT TIME ZONE $1::text)::int8 = $2::int8 AND extract(minute from "t0"."created_at" AT TIME ZONE $3::text)::int8 < $4::int8 ORDER BY "t0"."id" LIMIT 100;
-- ["'Asia/Kathmandu'","0","'Asia/Kathmandu'","15"]: 5 rows

SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" WHERE extract(isoyear from "t0"."created_at" AT TIME ZONE $1::text)::int8 = $2::int8 AND extract(week from "t0"."created_at" AT TIME ZONE $3::text)::int8 = $4::int8 ORDER BY "t0"."id" LIMIT 100;
-- ["'UTC'","2025","'UTC'","1"]: 3 rows

SELECT "t0"."id", "t0"."created_at" FROM "blog_post" AS "t0" WHERE "t0"."created_at" > $1 ORDER BY "t0"."id" LIMIT 100;
-- ["2147483647000000"]: 6 rows

