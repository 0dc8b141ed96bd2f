SELECT "t0"."id" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 4;
-- []: 4 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1 AND NOT "t0"."published" ORDER BY "t0"."id" LIMIT 2;
-- ["key of the parent"]: 6 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = ?1 AND "t0"."published" ORDER BY "t0"."id" DESC LIMIT 2;
-- ["key of the parent"]: 8 rows

