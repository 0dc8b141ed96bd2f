INSERT INTO "blog_post" ("created_at", "title", "slug", "content", "author_id", "category_id", "published", "views", "rating", "deleted_at") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING "id" AS "id";
-- ["1893553445000000","'t'","'s'","''","999999","NULL","false","0","NULL","NULL"]: 1 rows

SELECT "parent"."position", "page"."c0" FROM unnest($1::int8[]) WITH ORDINALITY AS "parent"("key0", "position") CROSS JOIN LATERAL (SELECT "t0"."id" AS "c0" FROM "blog_post" AS "t0" WHERE "t0"."id" = "parent"."key0") AS "page";
-- ["[221]"]: 1 rows

