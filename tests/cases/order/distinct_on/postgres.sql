SELECT DISTINCT ON ("t0"."author_id") "t0"."id", "t0"."author_id", "t0"."views" FROM "blog_post" AS "t0" ORDER BY "t0"."author_id", "t0"."views" DESC, "t0"."id" LIMIT 5;
-- []: 5 rows

