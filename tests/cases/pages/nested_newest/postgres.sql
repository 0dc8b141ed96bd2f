SELECT "t0"."id" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 5;
-- []: 5 rows

SELECT "parent"."position", "page"."c0", "page"."c1" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0", "t0"."rating" AS "c1" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = "parent"."key0" ORDER BY "t0"."rating", "t0"."id" LIMIT 3) AS "page";
-- ["[1, 2, 3, 4, 5]"]: 12 rows

SELECT "parent"."position", "page"."n" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "n" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = "parent"."key0") AS "page";
-- ["[1, 2, 3, 4, 5]"]: 5 rows

