SELECT "page"."c0", "page"."c1", "page"."c2", (SELECT "t1"."name" FROM "blog_user" AS "t1" WHERE "t1"."id" = "page"."c2" LIMIT 1) FROM (SELECT "t0"."id" AS "c0", "t0"."title" AS "c1", "t0"."author_id" AS "c2" FROM "blog_post" AS "t0" ORDER BY "t0"."id" LIMIT 2) AS "page";
-- []: 2 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = "parent"."key0" ORDER BY "t0"."id" DESC LIMIT 1) AS "page";
-- ["[1, 2]"]: 2 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = "parent"."key0" ORDER BY "t0"."id" LIMIT 1) AS "page";
-- ["[1, 2]"]: 2 rows

SELECT "page"."c0", "page"."c1", "page"."c2", "t1"."name", "t1"."id" FROM (SELECT "t0"."id" AS "c0", "t0"."title" AS "c1", "t0"."author_id" AS "c2" FROM "blog_post" AS "t0" ORDER BY "t0"."id" DESC LIMIT 2) AS "page" LEFT JOIN LATERAL (SELECT "t1"."name", "t1"."id" FROM "blog_user" AS "t1" WHERE "t1"."id" = "page"."c2" OFFSET 0) AS "t1" ON true;
-- []: 2 rows

