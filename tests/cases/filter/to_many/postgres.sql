SELECT "t0"."id" FROM "blog_user" AS "t0" WHERE EXISTS (SELECT 1 FROM "blog_post" AS "t1" WHERE "t1"."author_id" = "t0"."id" AND "t1"."views" > $1::int8) ORDER BY "t0"."id" LIMIT 100;
-- ["65535"]: 20 rows

SELECT "t0"."id" FROM "blog_user" AS "t0" WHERE NOT EXISTS (SELECT 1 FROM "blog_post" AS "t1" WHERE "t1"."author_id" = "t0"."id" AND NOT "t1"."published") ORDER BY "t0"."id" LIMIT 100;
-- []: 18 rows

SELECT "t0"."id" FROM "blog_user" AS "t0" WHERE NOT EXISTS (SELECT 1 FROM "blog_post" AS "t1" WHERE "t1"."author_id" = "t0"."id") ORDER BY "t0"."id" LIMIT 100;
-- []: 10 rows

SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE EXISTS (SELECT 1 FROM "blog_post_tags" AS "t2" JOIN "blog_tag" AS "t1" ON "t1"."id" = "t2"."tag_id" WHERE "t2"."post_id" = "t0"."id" AND upper("t1"."name" COLLATE "C.utf8") = upper($1::text COLLATE "C.utf8")) ORDER BY "t0"."id" LIMIT 5;
-- ["'rust'"]: 5 rows

