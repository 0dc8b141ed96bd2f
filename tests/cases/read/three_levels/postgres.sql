SELECT "t0"."id", "t0"."name" FROM "blog_user" AS "t0" ORDER BY "t0"."id" LIMIT 20;
-- []: 20 rows

SELECT "parent"."position", "page"."c0", "page"."c1" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0", "t0"."title" AS "c1" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = "parent"."key0" ORDER BY "t0"."created_at" DESC, "t0"."id" DESC LIMIT 5) AS "page";
-- ["[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]"]: 68 rows

SELECT "parent"."position", "page"."c0", "page"."c1", "page"."c2", "t1"."id", "t1"."name" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0", "t0"."body" AS "c1", "t0"."author_id" AS "c2" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = "parent"."key0" ORDER BY "t0"."created_at" DESC, "t0"."id" DESC LIMIT 3) AS "page" LEFT JOIN LATERAL (SELECT "t1"."id", "t1"."name" FROM "blog_user" AS "t1" WHERE "t1"."id" = "page"."c2" OFFSET 0) AS "t1" ON true;
-- ["[218, 171, 48, 45, 4, 26, 55, 93, 136, 13, 89, 153, 208, 68, 103, 80, 129, 34, 9, 201, 199, 161, 140, 192, 210, 25, 172, 85, 61, 51, 216, 53, 146, 143, 212, 27, 81, 52, 38, 116, 11, 120, 92, 189, 188, 114, 176, 203, 185, 191, 17, 154, 118, 202, 205, 128, 148, 197, 54, 79, 173, 112, 178, 32, 165, 179, 181, 59]"]: 106 rows

