SELECT "t0"."id" AS "id" FROM "blog_comment" AS "t0" WHERE "t0"."id" = $1 FOR UPDATE OF "t0";
-- ["4"]: 1 rows

SELECT "parent"."position", "page"."c0", "page"."c1", "page"."c2", "t1"."id" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0", "t0"."body" AS "c1", "t0"."author_id" AS "c2" FROM "blog_comment" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page" LEFT JOIN "blog_user" AS "t1" ON "t1"."id" = "page"."c2";
-- ["[4]"]: 1 rows

SELECT "t0"."id" AS "id", "t0"."post_id" AS "post_id", "t0"."author_id" AS "author_id", "t0"."parent_id" AS "parent_id" FROM "blog_comment" AS "t0" WHERE "t0"."id" = $1;
-- ["4"]: 1 rows

SELECT "t0"."id" AS "id", "t0"."post_id" AS "post_id", "t0"."author_id" AS "author_id", "t0"."parent_id" AS "parent_id" FROM "blog_comment" AS "t0" WHERE "t0"."parent_id" = $1;
-- ["4"]: 49 runs, 59 rows

SELECT "t0"."id" AS "id", "t0"."post_id" AS "post_id", "t0"."author_id" AS "author_id", "t0"."parent_id" AS "parent_id" FROM "blog_comment" AS "t0" WHERE "t0"."parent_id" = ANY($1::int8[]);
-- ["[5, 143]"]: 12 runs, 38 rows

DELETE FROM "blog_comment" AS "t0" WHERE "t0"."id" = ANY($1::int8[]);
-- ["[4, 5, 143, 6, 7, 678, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 683, 26, 27, 165, 340, 28, 29, 30, 431, 31, 32, 33, 34, 35, 36, 37, 38, 39, 139, 341, 40, 41, 399, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 450, 54, 55, 56, 57, 162, 539, 58, 59, 60]"]: 2 runs, 171 rows

SELECT "t0"."id" AS "id" FROM "blog_post" AS "t0" WHERE "t0"."id" = $1 FOR UPDATE OF "t0";
-- ["999999"]: 0 rows

SELECT "t0"."id" AS "id", "t0"."email" AS "email" FROM "blog_user" AS "t0" WHERE "t0"."id" = $1 FOR UPDATE OF "t0";
-- ["1"]: 1 rows

SELECT "parent"."position", "page"."c0", "page"."c1", "t1"."id", "t1"."bio" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."email" AS "c0", "t0"."id" AS "c1" FROM "blog_user" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page" LEFT JOIN "blog_profile" AS "t1" ON "t1"."user_id" = "page"."c1";
-- ["[1]"]: 1 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT count(*) AS "c0" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = "parent"."key0") AS "page";
-- ["[1]"]: 1 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = $1;
-- ["1"]: 38 rows

SELECT "t0"."id" AS "id", "t0"."post_id" AS "post_id", "t0"."author_id" AS "author_id", "t0"."parent_id" AS "parent_id" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = ANY($1::int8[]);
-- ["[3, 4, 8, 19, 28, 41, 43, 45, 48, 57, 58, 62, 64, 65, 67, 69, 70, 74, 84, 90, 95, 99, 100, 106, 108, 121, 124, 127, 132, 147, 151, 155, 166, 171, 182, 194, 217, 218]"]: 89 rows

SELECT "t0"."id" AS "id", "t0"."post_id" AS "post_id", "t0"."author_id" AS "author_id", "t0"."parent_id" AS "parent_id" FROM "blog_comment" AS "t0" WHERE "t0"."author_id" = $1;
-- ["1"]: 11 rows

DELETE FROM "blog_profile" AS "t0" WHERE "t0"."user_id" = $1;
-- ["1"]: 1 rows

DELETE FROM "blog_post_tags" AS "t0" WHERE "t0"."post_id" = ANY($1::int8[]);
-- ["[3, 4, 8, 19, 28, 41, 43, 45, 48, 57, 58, 62, 64, 65, 67, 69, 70, 74, 84, 90, 95, 99, 100, 106, 108, 121, 124, 127, 132, 147, 151, 155, 166, 171, 182, 194, 217, 218]"]: 79 rows

DELETE FROM "blog_post" AS "t0" WHERE "t0"."id" = ANY($1::int8[]);
-- ["[3, 4, 8, 19, 28, 41, 43, 45, 48, 57, 58, 62, 64, 65, 67, 69, 70, 74, 84, 90, 95, 99, 100, 106, 108, 121, 124, 127, 132, 147, 151, 155, 166, 171, 182, 194, 217, 218]"]: 38 rows

DELETE FROM "blog_user" AS "t0" WHERE "t0"."id" = $1;
-- ["1"]: 1 rows

