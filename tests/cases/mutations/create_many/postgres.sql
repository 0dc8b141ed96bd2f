INSERT INTO "blog_tag" ("name") SELECT "u"."c0" FROM unnest($1::text[]) WITH ORDINALITY AS "u"("c0", "n") ORDER BY "u"."n" RETURNING "id" AS "id";
-- ["['n1', 'n2', 'n3']"]: 3 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."name" AS "c0" FROM "blog_tag" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[25, 26, 27]"]: 2 runs, 4 rows

