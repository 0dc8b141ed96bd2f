SELECT "t0"."created_at" FROM "blog_post" AS "t0" WHERE ("t0"."created_at" AT TIME ZONE $1::text)::date = $2 ORDER BY "t0"."id" LIMIT 5;
-- ["'Asia/Kathmandu'","19813"]: 5 rows

