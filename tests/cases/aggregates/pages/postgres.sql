SELECT "t0"."id" FROM "blog_user" AS "t0" ORDER BY (SELECT count(*) FROM "blog_post" AS "t1" WHERE "t1"."author_id" = "t0"."id") DESC, "t0"."id" LIMIT 5;
-- []: 5 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "c0" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = "parent"."key0") AS "page";
-- ["[1, 2, 3, 7, 9]"]: 5 rows

SELECT count(*) FROM "blog_user" AS "t0";
-- []: 1 rows

