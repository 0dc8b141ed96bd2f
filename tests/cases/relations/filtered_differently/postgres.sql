SELECT "t0"."id" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 4;
-- []: 4 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = "parent"."key0" AND NOT "t0"."published" ORDER BY "t0"."id" LIMIT 2) AS "page";
-- ["[1, 2, 3, 4]"]: 6 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = "parent"."key0" AND "t0"."published" ORDER BY "t0"."id" DESC LIMIT 2) AS "page";
-- ["[1, 2, 3, 4]"]: 8 rows

