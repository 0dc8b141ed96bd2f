SELECT "t0"."id" FROM "blog_post" AS "t0" WHERE "t0"."id" IN (SELECT value FROM json_each(?1)) ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100;
-- ["'[]'"]: 0 rows

SELECT "t0"."id" FROM "blog_user" AS "t0" WHERE "t0"."id" = ?1 ORDER BY "t0"."created_at" DESC, "t0"."id" LIMIT 100;
-- ["-1"]: 0 rows

SELECT "t0"."name", "t0"."id" FROM "blog_tag" AS "t0" WHERE "t0"."name" = ?1 ORDER BY "t0"."name", "t0"."id" LIMIT 100;
-- ["'never-used'"]: 1 rows

SELECT "t0"."id" FROM "blog_post_tags" AS "t1" JOIN "blog_post" AS "t0" ON "t0"."id" = "t1"."post_id" WHERE "t1"."tag_id" = ?1 ORDER BY "t0"."created_at" DESC, "t1"."post_id" LIMIT 100;
-- ["key of the parent"]: 0 rows

