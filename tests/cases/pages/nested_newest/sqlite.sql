SELECT "t0"."id" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 5;
-- []: 5 rows

SELECT "t0"."id", "t0"."rating" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1 ORDER BY "t0"."rating" NULLS LAST, "t0"."id" LIMIT 3;
-- ["key of the parent"]: 12 rows

SELECT count(*) FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1;
-- ["key of the parent"]: 5 rows

