INSERT INTO "blog_tag" ("name") SELECT "u"."c0" FROM unnest($1::text[]) WITH ORDINALITY AS "u"("c0", "n") ORDER BY "u"."n" ON CONFLICT ("name") DO NOTHING RETURNING "id" AS "id", "name" AS "name", "xmax"::text = '0' AS "nuages created";
-- ["['rust', 'really new']"]: 1 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."name" AS "c0" FROM "blog_tag" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[26]"]: 1 rows

INSERT INTO "blog_post" ("created_at", "title", "slug", "content", "author_id", "category_id", "published", "views", "rating", "deleted_at") SELECT "u"."c0", "u"."c1", "u"."c2", "u"."c3", "u"."c4", "u"."c5", "u"."c6", "u"."c7", "u"."c8", "u"."c9" FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::int8[], $6::int8[], $7::bool[], $8::int8[], $9::numeric[], $10::timestamptz[]) WITH ORDINALITY AS "u"("c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "n") ORDER BY "u"."n" ON CONFLICT ("author_id", "slug") DO UPDATE SET "title" = "excluded"."title" RETURNING "id" AS "id", "author_id" AS "author_id", "category_id" AS "category_id", "slug" AS "slug", "xmax"::text = '0' AS "nuages created";
-- ["[1893553445000000, 1893553445000000]","['changed', 'made']","['hello-3', 'hello-3-b']","['', '']","[1, 1]","[NULL, NULL]","[false, false]","[5, 6]","[NULL, NULL]","[NULL, NULL]"]: 2 rows

SELECT "parent"."position", "page"."c0", "page"."c1", "page"."c2" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."title" AS "c0", "t0"."slug" AS "c1", "t0"."views" AS "c2" FROM "blog_post" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[3, 222]"]: 2 rows

