SELECT "parent"."position", "page"."c0", "page"."c1", "page"."c2", "t1"."name" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0", "t0"."title" AS "c1", "t0"."author_id" AS "c2" FROM "blog_post" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "page"."c2";
-- ["[5]"]: 1 rows

