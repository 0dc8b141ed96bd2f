SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE "t0"."id" = ANY($1::int8[]) ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100;
-- ["[]"]: 0 rows

SELECT "t0"."id" FROM "blog_user" AS "t0" WHERE "t0"."id" = $1 ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100;
-- ["-1"]: 0 rows

SELECT "t0"."name", "t0"."id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = $1 ORDER BY "t0"."name", "t0"."id" LIMIT 100;
-- ["'never-used'"]: 1 rows

SELECT "page"."position", "page"."c0" FROM (SELECT "t0"."id" AS "c0", "t0"."created_at" AS "c1", "parent"."position" AS "position", row_number() OVER (PARTITION BY "parent"."position" ORDER BY "t0"."created_at" DESC, "t0"."id") AS "number" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") JOIN "blog_post_tags" AS "t1" ON true JOIN "blog_post" AS "t0" ON "t0"."id" = "t1"."post_id" WHERE "t1"."tag_id" = "parent"."key0") AS "page" WHERE "page"."number" <= 100 ORDER BY "page"."position", "page"."c1" DESC, "page"."c0";
-- ["[21]"]: 0 rows

