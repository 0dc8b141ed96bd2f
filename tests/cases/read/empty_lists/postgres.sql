SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE "t0"."id" = ANY($1::int8[]) ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100;
-- ["[]"]: 0 rows

SELECT "t0"."id" FROM "blog_user" AS "t0" WHERE "t0"."id" = $1 ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100;
-- ["-1"]: 0 rows

SELECT "t0"."name", "t0"."id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = $1 ORDER BY "t0"."name", "t0"."id" LIMIT 100;
-- ["'never-used'"]: 1 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0", "t0"."created_at" AS "c1" FROM "blog_post_tags" AS "t1" JOIN "blog_post" AS "t0" ON "t0"."id" = "t1"."post_id" WHERE "t1"."tag_id" = "parent"."key0" ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100) AS "page" ORDER BY "parent"."position", "page"."c1" DESC, "page"."c0";
-- ["[21]"]: 0 rows

