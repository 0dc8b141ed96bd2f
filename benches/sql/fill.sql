-- Fills the tables of benches/project, which `nuages migrate` made. `:users` and so on are numbers of rows.
-- The same numbers give the same rows: random() is seeded, and nothing else varies.
SELECT setseed(0.25);
-- Every reference leads to a row by the way it is drawn; checking fifty million takes longer than writing them.
SET session_replication_role = replica;

CREATE TEMPORARY TABLE words AS
SELECT row_number() OVER () - 1 AS at, word FROM unnest(string_to_array(
    'amber basil cedar delta ember fjord grove haven inlet jetty knoll lemon maple north ocean pearl '
    || 'quill river stone tidal umbra velvet willow xylem yonder zephyr autumn breeze candle dragon forest garden', ' ')) AS word;

-- Four words out of a number: five bits each.
CREATE FUNCTION pg_temp.phrase(bits bigint) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(word, ' ' ORDER BY place)
    FROM generate_series(0, 3) AS place JOIN words ON at = (bits >> (place * 5)::int) & 31
$$;
CREATE TEMPORARY TABLE phrases AS
SELECT number, pg_temp.phrase(floor(random() * 1048576)::bigint) AS text FROM generate_series(0, 9999) AS number;
ALTER TABLE phrases ADD PRIMARY KEY (number);

INSERT INTO users (email, name, is_active, created_at, updated_at)
SELECT 'person' || n || '@example.org', 'Person ' || n || ' of ' || split_part(text, ' ', 1), random() < 0.9,
    timestamptz '2022-01-01' + n * interval '53 minutes', timestamptz '2024-01-01' + n * interval '71 seconds'
FROM generate_series(1, :users) AS n JOIN phrases ON number = n % 10000
ORDER BY n;

INSERT INTO posts (title, slug, content, author_id, published, views, rating, created_at)
SELECT 'About ' || text || ', part ' || n, replace(text, ' ', '-') || '-' || n,
    repeat(md5(n::text) || ' ' || text || ' ', 4) || 'and so on: ' || md5((n + 1)::text),
    1 + floor(random() * :users)::int, random() < 0.8, floor(10000 * power(random(), 3))::int,
    CASE WHEN random() < 0.3 THEN NULL ELSE round((random() * 10)::numeric, 2) END,
    timestamptz '2023-01-01' + random() * interval '900 days'
FROM generate_series(1, :posts) AS n JOIN phrases ON number = (n * bigint '7') % 10000
ORDER BY n;

INSERT INTO comments (post_id, author_id, body, created_at)
SELECT 1 + floor(random() * :posts)::int, 1 + floor(random() * :users)::int,
    'Remark ' || n || ': ' || text || ' ' || md5(n::text),
    timestamptz '2024-01-01' + random() * interval '700 days'
FROM generate_series(1, :comments) AS n JOIN phrases ON number = (n * bigint '3') % 10000
ORDER BY n;

INSERT INTO tags (name)
SELECT split_part(text, ' ', 1) || '-' || n FROM generate_series(1, :tags) AS n JOIN phrases ON number = n % 10000
ORDER BY n;

INSERT INTO post_tags (post_id, tag_id)
SELECT post, tag FROM (
    SELECT DISTINCT 1 + floor(random() * :posts)::int AS post, 1 + floor(random() * :tags)::int AS tag
    FROM generate_series(1, :post_tags)
) AS pairs
ORDER BY post, tag;

-- Servers that leave these columns out when they write count on the database.
ALTER TABLE users ALTER created_at SET DEFAULT now(), ALTER updated_at SET DEFAULT now();
ALTER TABLE posts ALTER created_at SET DEFAULT now();
ALTER TABLE comments ALTER created_at SET DEFAULT now();
