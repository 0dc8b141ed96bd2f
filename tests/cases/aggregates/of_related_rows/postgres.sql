SELECT "t0"."id" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 6;
-- []: 6 rows

SELECT "parent"."position", "page"."c0", "page"."c1", "page"."c2" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "c0", sum("t0"."views") AS "c1", max("t0"."created_at") AS "c2" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = "parent"."key0") AS "page";
-- ["[1, 2, 3, 4, 5, 6]"]: 6 rows

SELECT "parent"."position", "page"."c0", "page"."c1" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "c0", round(div(sum("t0"."rating") * 100000000000000000, nullif(count("t0"."rating"), 0)::numeric) * 0.00000000000000001, 16) AS "c1" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = "parent"."key0" AND "t0"."published") AS "page";
-- ["[1, 2, 3, 4, 5, 6]"]: 6 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0" FROM "blog_comment" AS "t0" WHERE "t0"."author_id" = "parent"."key0" ORDER BY "t0"."created_at", "t0"."id" LIMIT 2) AS "page";
-- ["[1, 2, 3, 4, 5, 6]"]: 12 rows

SELECT "parent"."position", "page"."c0", "page"."c1" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "c0", min("t0"."created_at") AS "c1" FROM "blog_comment" AS "t0" WHERE "t0"."author_id" = "parent"."key0") AS "page";
-- ["[1, 2, 3, 4, 5, 6]"]: 6 rows

SELECT "parent"."position", "page"."n" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "n" FROM "blog_comment" AS "t0" WHERE "t0"."author_id" = "parent"."key0") AS "page";
-- ["[1, 2, 3, 4, 5, 6]"]: 6 rows

SELECT "page"."c0", "page"."c1", "t1"."name", "t1"."id" FROM (SELECT "t0"."id" AS "c0", "t0"."author_id" AS "c1" FROM "blog_post" AS "t0" ORDER BY "t0"."id" LIMIT 4) AS "page" LEFT JOIN LATERAL (SELECT "t1"."name", "t1"."id" FROM "blog_user" AS "t1" WHERE "t1"."id" = "page"."c1" OFFSET 0) AS "t1" ON true;
-- []: 4 rows

SELECT "parent"."position", "page"."c0", "page"."c1" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "c0", max("t0"."name") AS "c1" FROM "blog_post_tags" AS "t1" JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = "parent"."key0") AS "page";
-- ["[1, 2, 3, 4]"]: 4 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "c0" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = "parent"."key0") AS "page";
-- ["[32, 49, 1]"]: 3 rows

