SELECT "t0"."id", "t0"."name" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 5;
-- []: 5 rows

SELECT "parent"."position", "page"."c0", "page"."c1" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0", "t0"."title" AS "c1" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = "parent"."key0" ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 3) AS "page";
-- ["[1, 2, 3, 4, 5]"]: 12 rows

SELECT "parent"."position", "page"."c0", "page"."c1", (SELECT "t1"."name" FROM "blog_user" AS "t1" WHERE "t1"."id" = "page"."c1" LIMIT 1) FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0", "t0"."author_id" AS "c1" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = "parent"."key0" ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 2) AS "page";
-- ["[218, 48, 171, 26, 55, 93, 89, 153, 208, 80, 129, 34]"]: 14 rows

