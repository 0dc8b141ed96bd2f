SELECT "t0"."id" AS "id" FROM "blog_post" AS "t0" WHERE "t0"."views" >= $1::int8 LIMIT 51;
-- ["65535"]: 2 runs, 84 rows

SELECT "t0"."id" AS "id" FROM "blog_post" AS "t0" WHERE "t0"."views" >= $1::int8 ORDER BY "t0"."id" FOR UPDATE OF "t0";
-- ["65535"]: 2 runs, 84 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."id" = ANY($1::int8[]);
-- ["[4, 18, 19, 21, 25, 35, 38, 41, 45, 52, 69, 73, 75, 77, 87, 89, 94, 101, 102, 104, 107, 109, 110, 111, 116, 118, 121, 130, 137, 140, 150, 153, 158, 168, 173, 180, 191, 197, 201, 205, 208, 215]"]: 42 rows

SELECT "t0"."id" AS "id", "t0"."post_id" AS "post_id", "t0"."author_id" AS "author_id", "t0"."parent_id" AS "parent_id" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = ANY($1::int8[]);
-- ["[4, 18, 19, 21, 25, 35, 38, 41, 45, 52, 69, 73, 75, 77, 87, 89, 94, 101, 102, 104, 107, 109, 110, 111, 116, 118, 121, 130, 137, 140, 150, 153, 158, 168, 173, 180, 191, 197, 201, 205, 208, 215]"]: 141 rows

SELECT "t0"."id" AS "id", "t0"."post_id" AS "post_id", "t0"."author_id" AS "author_id", "t0"."parent_id" AS "parent_id" FROM "blog_comment" AS "t0" WHERE "t0"."parent_id" = ANY($1::int8[]);
-- ["[61, 63, 65, 71, 81, 89, 92, 99, 101, 103, 113, 126, 129, 131, 132, 133, 136, 137, 141, 146, 149, 151, 153, 155, 157, 171, 172, 180, 182, 187, 188, 190, 192, 193, 194, 196, 201, 202, 203, 206, 208, 209, 216, 218, 227, 232, 236, 239, 248, 251, 257, 261, 262, 263, 273, 277, 286, 291, 296, 301, 305, 307, 314, 317, 319, 325, 328, 336, 342, 347, 348, 349, 354, 367, 370, 371, 395, 398, 400, 411, 417, 421, 422, 429, 437, 449, 466, 477, 479, 481, 484, 487, 498, 499, 501, 510, 516, 520, 524, 525, 527, 529, 536, 541, 545, 548, 550, 554, 565, 567, 571, 577, 578, 583, 585, 586, 592, 596, 610, 617, 619, 620, 624, 625, 631, 633, 637, 639, 642, 644, 650, 653, 665, 670, 673, 674, 677, 680, 685, 689, 695]"]: 49 rows

DELETE FROM "blog_post_tags" AS "t0" WHERE "t0"."post_id" = ANY($1::int8[]);
-- ["[4, 18, 19, 21, 25, 35, 38, 41, 45, 52, 69, 73, 75, 77, 87, 89, 94, 101, 102, 104, 107, 109, 110, 111, 116, 118, 121, 130, 137, 140, 150, 153, 158, 168, 173, 180, 191, 197, 201, 205, 208, 215]"]: 77 rows

DELETE FROM "blog_comment" AS "t0" WHERE "t0"."id" = ANY($1::int8[]);
-- ["[61, 63, 65, 71, 81, 89, 92, 99, 101, 103, 113, 126, 129, 131, 132, 133, 136, 137, 141, 146, 149, 151, 153, 155, 157, 171, 172, 180, 182, 187, 188, 190, 192, 193, 194, 196, 201, 202, 203, 206, 208, 209, 216, 218, 227, 232, 236, 239, 248, 251, 257, 261, 262, 263, 273, 277, 286, 291, 296, 301, 305, 307, 314, 317, 319, 325, 328, 336, 342, 347, 348, 349, 354, 367, 370, 371, 395, 398, 400, 411, 417, 421, 422, 429, 437, 449, 466, 477, 479, 481, 484, 487, 498, 499, 501, 510, 516, 520, 524, 525, 527, 529, 536, 541, 545, 548, 550, 554, 565, 567, 571, 577, 578, 583, 585, 586, 592, 596, 610, 617, 619, 620, 624, 625, 631, 633, 637, 639, 642, 644, 650, 653, 665, 670, 673, 674, 677, 680, 685, 689, 695]"]: 141 rows

DELETE FROM "blog_post" AS "t0" WHERE "t0"."id" = ANY($1::int8[]);
-- ["[4, 18, 19, 21, 25, 35, 38, 41, 45, 52, 69, 73, 75, 77, 87, 89, 94, 101, 102, 104, 107, 109, 110, 111, 116, 118, 121, 130, 137, 140, 150, 153, 158, 168, 173, 180, 191, 197, 201, 205, 208, 215]"]: 42 rows

SELECT "parent"."position", "page"."c0", "page"."c1" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0", "t0"."title" AS "c1" FROM "blog_post" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[4, 18]"]: 2 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = "parent"."key0" ORDER BY "t0"."created_at", "t0"."id" LIMIT 1) AS "page";
-- ["[4, 18]"]: 1 rows

SELECT "t0"."id" AS "id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = ANY($1::text[]) ORDER BY "t0"."id" FOR UPDATE OF "t0";
-- ["['rust', 'RUST']"]: 2 runs, 4 rows

DELETE FROM "blog_post_tags" AS "t0" WHERE "t0"."tag_id" = ANY($1::int8[]);
-- ["[1, 3]"]: 23 rows

DELETE FROM "blog_tag" AS "t0" WHERE "t0"."id" = ANY($1::int8[]);
-- ["[1, 3]"]: 2 rows

