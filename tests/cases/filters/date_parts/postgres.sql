SELECT "t0"."created_at" FROM "blog_post" AS "t0" WHERE extract(year from "t0"."created_at" AT TIME ZONE $1::text)::int8 = $2::int8 ORDER BY "t0"."id" LIMIT 5;
-- ["'UTC'","2024"]: 5 rows

SELECT "t0"."created_at" FROM "blog_post" AS "t0" WHERE extract(hour from "t0"."created_at" AT TIME ZONE $1::text)::int8 = $2::int8 ORDER BY "t0"."id" LIMIT 5;
-- ["'Europe/Berlin'","2"]: 5 rows

SELECT "t0"."created_at" FROM "blog_post" AS "t0" WHERE extract(week from "t0"."created_at" AT TIME ZONE $1::text)::int8 = $2::int8 ORDER BY "t0"."id" LIMIT 5;
-- ["'UTC'","53"]: 5 rows

SELECT "t0"."created_at" FROM "blog_post" AS "t0" WHERE ("t0"."created_at" AT TIME ZONE $1::text)::date >= $2 AND ("t0"."created_at" AT TIME ZONE $3::text)::date < $4 ORDER BY "t0"."id" LIMIT 5;
-- ["'UTC'","20086","'UTC'","20089"]: 3 rows

SELECT "t0"."deleted_at" FROM "blog_post" AS "t0" WHERE "t0"."deleted_at" IS NOT NULL ORDER BY "t0"."id" LIMIT 5;
-- []: 5 rows

