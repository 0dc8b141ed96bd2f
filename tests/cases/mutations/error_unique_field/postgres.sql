INSERT INTO "blog_tag" ("name") SELECT "u"."c0" FROM unnest($1::text[]) WITH ORDINALITY AS "u"("c0", "n") ORDER BY "u"."n" RETURNING "id" AS "id";
-- ["['before', 'rust']"]: 0 rows

