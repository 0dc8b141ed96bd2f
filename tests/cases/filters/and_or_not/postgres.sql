SELECT "t0"."id", "t0"."views", "t0"."published", "t0"."rating" FROM "blog_post" AS "t0" WHERE ("t0"."views" = $1::int8 OR ("t0"."published" AND "t0"."rating" IS NOT NULL)) AND "t0"."title" <> $2 ORDER BY "t0"."id" LIMIT 6;
-- ["0","''"]: 6 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" ORDER BY "t0"."id" LIMIT 1;
-- []: 1 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE false ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100;
-- []: 0 rows

