SELECT "t0"."id", "t0"."title" FROM "blog_post" AS "t0" WHERE "t0"."id" = $1;
-- ["5"]: 1 rows

