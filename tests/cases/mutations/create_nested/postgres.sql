INSERT INTO "blog_user" ("created_at", "email", "name", "is_active", "updated_at") VALUES ($1, $2, $3, $4, $5) RETURNING "id" AS "id";
-- ["1893553445000000","'new@example.com'","'New'","true","1893553445000000"]: 1 rows

INSERT INTO "blog_profile" ("user_id", "bio", "metadata") VALUES ($1, $2, $3) RETURNING "id" AS "id";
-- ["53","'hello'","'{\"a\":[1,null]}'"]: 1 rows

SELECT "t0"."id" AS "id" FROM "blog_category" AS "t0" WHERE "t0"."id" = $1;
-- ["2"]: 1 rows

INSERT INTO "blog_category" ("name", "parent_id") VALUES ($1, $2) RETURNING "id" AS "id";
-- ["'Fresh'","1"]: 1 rows

INSERT INTO "blog_post" ("created_at", "title", "slug", "content", "author_id", "category_id", "published", "views", "rating", "deleted_at") SELECT "u"."c0", "u"."c1", "u"."c2", "u"."c3", "u"."c4", "u"."c5", "u"."c6", "u"."c7", "u"."c8", "u"."c9" FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::int8[], $6::int8[], $7::bool[], $8::int8[], $9::numeric[], $10::timestamptz[]) WITH ORDINALITY AS "u"("c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "n") ORDER BY "u"."n" RETURNING "id" AS "id";
-- ["[1893553445000000, 1893553445000000, 1893553445000000]","['One', 'Two', 'Three']","['one', 'two', 'three']","['', '', '']","[53, 53, 53]","[15, NULL, 2]","[false, false, false]","[0, 0, 0]","[NULL, NULL, NULL]","[NULL, NULL, NULL]"]: 3 rows

SELECT "t0"."name" AS "name", "t0"."id" AS "id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = $1;
-- ["'django'"]: 1 rows

SELECT "t0"."name" AS "name", "t0"."id" AS "id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = ANY($1::text[]);
-- ["['rust', 'quite new']"]: 1 rows

INSERT INTO "blog_tag" ("name") VALUES ($1) RETURNING "id" AS "id";
-- ["'quite new'"]: 2 runs, 2 rows

INSERT INTO "blog_post_tags" ("post_id", "tag_id") SELECT "u"."c0", "u"."c1" FROM unnest($1::int8[], $2::int8[]) WITH ORDINALITY AS "u"("c0", "c1", "n") ORDER BY "u"."n" ON CONFLICT DO NOTHING RETURNING "id" AS "id", "post_id" AS "post_id", "tag_id" AS "tag_id", "xmax"::text = '0' AS "nuages created";
-- ["[221, 221, 223, 223, 221]","[1, 4, 1, 25, 26]"]: 5 rows

INSERT INTO "blog_comment" ("created_at", "post_id", "author_id", "parent_id", "body") SELECT "u"."c0", "u"."c1", "u"."c2", "u"."c3", "u"."c4" FROM unnest($1::timestamptz[], $2::int8[], $3::int8[], $4::int8[], $5::text[]) WITH ORDINALITY AS "u"("c0", "c1", "c2", "c3", "c4", "n") ORDER BY "u"."n" RETURNING "id" AS "id";
-- ["[1893553445000000, 1893553445000000]","[222, 222]","[2, 3]","[NULL, NULL]","['first', 'second']"]: 2 rows

SELECT "parent"."position", "page"."c0", "page"."c1", "page"."c2", "page"."c3", "t1"."id", "t1"."bio", "t1"."metadata", "page"."c4", (SELECT count(*) FROM "blog_post" AS "t2" WHERE "t2"."author_id" = "page"."c4") FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."email" AS "c0", "t0"."is_active" AS "c1", "t0"."created_at" AS "c2", "t0"."updated_at" AS "c3", "t0"."id" AS "c4" FROM "blog_user" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page" LEFT JOIN "blog_profile" AS "t1" ON "t1"."user_id" = "page"."c4";
-- ["[53]"]: 1 rows

SELECT "parent"."position", "page"."c0", "page"."c1", "t1"."name", "t1"."parent_id", (SELECT "t2"."name" FROM "blog_category" AS "t2" WHERE "t2"."id" = "t1"."parent_id" LIMIT 1), "page"."c2" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."title" AS "c0", "t0"."category_id" AS "c1", "t0"."id" AS "c2" FROM "blog_post" AS "t0" WHERE "t0"."author_id" = "parent"."key0" ORDER BY "t0"."slug", "t0"."id" LIMIT 100) AS "page" LEFT JOIN LATERAL (SELECT "t1"."name", "t1"."parent_id" FROM "blog_category" AS "t1" WHERE "t1"."id" = "page"."c1" OFFSET 0) AS "t1" ON true;
-- ["[53]"]: 3 rows

SELECT "page"."position", "page"."c0" FROM (SELECT "t0"."name" AS "c0", "t0"."id" AS "c1", "parent"."position" AS "position", row_number() OVER (PARTITION BY "parent"."position" ORDER BY "t0"."name", "t0"."id") AS "number" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") JOIN "blog_post_tags" AS "t1" ON true JOIN "blog_tag" AS "t0" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."post_id" = "parent"."key0") AS "page" WHERE "page"."number" <= 100 ORDER BY "page"."position", "page"."c0", "page"."c1";
-- ["[221, 223, 222]"]: 5 rows

SELECT "parent"."position", "page"."c0", "page"."c1", (SELECT "t1"."id" FROM "blog_user" AS "t1" WHERE "t1"."id" = "page"."c1" LIMIT 1) FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."body" AS "c0", "t0"."author_id" AS "c1" FROM "blog_comment" AS "t0" WHERE "t0"."post_id" = "parent"."key0" ORDER BY "t0"."body", "t0"."id" LIMIT 100) AS "page";
-- ["[221, 223, 222]"]: 2 rows

