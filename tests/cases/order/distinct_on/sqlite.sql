SELECT "page"."c0", "page"."c1", "page"."c2" FROM (SELECT "page"."c0" AS "c0", "page"."c1" AS "c1", "page"."c2" AS "c2" FROM (SELECT "t0"."id" AS "c0", "t0"."author_id" AS "c1", "t0"."views" AS "c2", row_number() OVER (PARTITION BY "t0"."author_id" ORDER BY "t0"."author_id", "t0"."views" DESC, "t0"."id") AS "number" FROM "blog_post" AS "t0") AS "page" WHERE "page"."number" = 1 ORDER BY "page"."c1", "page"."c2" DESC, "page"."c0" LIMIT 5) AS "page" ORDER BY "page"."c1", "page"."c2" DESC, "page"."c0";
-- []: 5 rows

