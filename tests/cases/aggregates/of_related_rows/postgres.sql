SELECT "page"."c0", "t2"."c0", "t2"."c1", "t2"."c2", "t4"."c0", "t4"."c1" FROM (SELECT "t0"."id" AS "c0" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 6) AS "page" CROSS JOIN LATERAL (SELECT count(*) AS "c0", sum("t1"."views") AS "c1", max("t1"."created_at") AS "c2" FROM "blog_post" AS "t1" WHERE "t1"."author_id" = "page"."c0") AS "t2" CROSS JOIN LATERAL (SELECT count(*) AS "c0", round(div(sum("t3"."rating") * 100000000000000000, nullif(count("t3"."rating"), 0)::numeric) * 0.00000000000000001, 16) AS "c1" FROM "blog_post" AS "t3" WHERE "t3"."author_id" = "page"."c0" AND "t3"."published") AS "t4";
-- []: 6 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0" FROM "blog_comment" AS "t0" WHERE "t0"."author_id" = "parent"."key0" ORDER BY "t0"."created_at", "t0"."id" LIMIT 2) AS "page";
-- ["[1, 2, 3, 4, 5, 6]"]: 12 rows

SELECT "parent"."position", "page"."c0", "page"."c1" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "c0", min("t0"."created_at") AS "c1" FROM "blog_comment" AS "t0" WHERE "t0"."author_id" = "parent"."key0") AS "page";
-- ["[1, 2, 3, 4, 5, 6]"]: 6 rows

SELECT "parent"."position", "page"."n" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "n" FROM "blog_comment" AS "t0" WHERE "t0"."author_id" = "parent"."key0") AS "page";
-- ["[1, 2, 3, 4, 5, 6]"]: 6 rows

SELECT "page"."c0", "t2"."c0", "t2"."c1", "page"."c1", "t3"."name", "t3"."id" FROM (SELECT "t0"."id" AS "c0", "t0"."author_id" AS "c1" FROM "blog_post" AS "t0" ORDER BY "t0"."id" LIMIT 4) AS "page" LEFT JOIN LATERAL (SELECT "t3"."name", "t3"."id" FROM "blog_user" AS "t3" WHERE "t3"."id" = "page"."c1" OFFSET 0) AS "t3" ON true CROSS JOIN LATERAL (SELECT count(*) AS "c0", max("t1"."name") AS "c1" FROM "blog_post_tags" AS "t4" JOIN "blog_tag" AS "t1" ON "t1"."id" = "t4"."tag_id" WHERE "t4"."post_id" = "page"."c0") AS "t2";
-- []: 4 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "c0" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = "parent"."key0") AS "page";
-- ["[32, 49, 1]"]: 3 rows

