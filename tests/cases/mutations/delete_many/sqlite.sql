SELECT "t0"."id" AS "id" FROM "blog_post" AS "t0" WHERE "t0"."views" >= ?1 LIMIT 51;
-- ["65535"]: 2 runs, 84 rows

SELECT "t0"."id" AS "id" FROM "blog_post" AS "t0" WHERE "t0"."views" >= ?1 ORDER BY "t0"."id";
-- ["65535"]: 2 runs, 84 rows

SELECT "t0"."id" AS "id", "t0"."author_id" AS "author_id", "t0"."category_id" AS "category_id" FROM "blog_post" AS "t0" WHERE "t0"."id" IN (SELECT value FROM json_each(?1));
-- ["'[4,18,19,21,25,35,38,41,45,52,69,73,75,77,87,89,94,101,102,104,107,109,110,111,116,118,121,130,137,140,150,153,158,168,173,180,191,197,201,205,208,215]'"]: 42 rows

SELECT "t0"."id" AS "id", "t0"."post_id" AS "post_id", "t0"."author_id" AS "author_id", "t0"."parent_id" AS "parent_id" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" IN (SELECT value FROM json_each(?1));
-- ["'[4,18,19,21,25,35,38,41,45,52,69,73,75,77,87,89,94,101,102,104,107,109,110,111,116,118,121,130,137,140,150,153,158,168,173,180,191,197,201,205,208,215]'"]: 141 rows

SELECT "t0"."id" AS "id", "t0"."post_id" AS "post_id", "t0"."author_id" AS "author_id", "t0"."parent_id" AS "parent_id" FROM "blog_comment" AS "t0" WHERE "t0"."parent_id" IN (SELECT value FROM json_each(?1));
-- ["'[190,196,201,209,319,619,685,99,216,596,637,665,680,695,132,146,153,314,336,411,417,487,525,550,565,673,677,131,137,208,317,639,644,650,296,674,126,188,203,437,617,171,262,466,520,527,689,155,232,554,141,328,499,63,236,239,301,307,370,395,481,541,653,92,398,477,501,510,586,133,182,227,248,524,536,631,101,180,194,291,305,498,516,670,65,103,325,548,642,129,218,354,400,529,157,342,348,71,149,187,421,277,449,81,620,172,192,257,347,422,151,251,585,624,61,113,263,349,479,193,571,202,545,577,592,578,273,286,625,206,429,583,89,371,261,633,367,567,610,136,484]'"]: 49 rows

DELETE FROM "blog_post_tags" AS "t0" WHERE "t0"."post_id" IN (SELECT value FROM json_each(?1));
-- ["'[4,18,19,21,25,35,38,41,45,52,69,73,75,77,87,89,94,101,102,104,107,109,110,111,116,118,121,130,137,140,150,153,158,168,173,180,191,197,201,205,208,215]'"]: 77 rows

DELETE FROM "blog_comment" AS "t0" WHERE "t0"."id" IN (SELECT value FROM json_each(?1));
-- ["'[190,196,201,209,319,619,685,99,216,596,637,665,680,695,132,146,153,314,336,411,417,487,525,550,565,673,677,131,137,208,317,639,644,650,296,674,126,188,203,437,617,171,262,466,520,527,689,155,232,554,141,328,499,63,236,239,301,307,370,395,481,541,653,92,398,477,501,510,586,133,182,227,248,524,536,631,101,180,194,291,305,498,516,670,65,103,325,548,642,129,218,354,400,529,157,342,348,71,149,187,421,277,449,81,620,172,192,257,347,422,151,251,585,624,61,113,263,349,479,193,571,202,545,577,592,578,273,286,625,206,429,583,89,371,261,633,367,567,610,136,484]'"]: 141 rows

DELETE FROM "blog_post" AS "t0" WHERE "t0"."id" IN (SELECT value FROM json_each(?1));
-- ["'[4,18,19,21,25,35,38,41,45,52,69,73,75,77,87,89,94,101,102,104,107,109,110,111,116,118,121,130,137,140,150,153,158,168,173,180,191,197,201,205,208,215]'"]: 42 rows

SELECT "t0"."id", "t0"."title" FROM "blog_post" AS "t0" WHERE "t0"."id" = ?1;
-- ["key of the parent"]: 2 rows

SELECT "t0"."id" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = ?1 ORDER BY "t0"."created_at", "t0"."id" LIMIT 1;
-- ["key of the parent"]: 1 rows

SELECT "t0"."id" AS "id" FROM "blog_tag" AS "t0" WHERE "t0"."name" IN (SELECT value FROM json_each(?1)) ORDER BY "t0"."id";
-- ["'[\"rust\",\"RUST\"]'"]: 2 runs, 4 rows

DELETE FROM "blog_post_tags" AS "t0" WHERE "t0"."tag_id" IN (SELECT value FROM json_each(?1));
-- ["'[1,3]'"]: 23 rows

DELETE FROM "blog_tag" AS "t0" WHERE "t0"."id" IN (SELECT value FROM json_each(?1));
-- ["'[1,3]'"]: 2 rows

