WITH RECURSIVE padded AS (
    -- The bytes, a one, zeros, and the number of bits: whole blocks of 64 bytes.
    SELECT bytes || '\x80'::bytea || decode(repeat('00', (119 - length(bytes) % 64) % 64), 'hex')
               || int8send(length(bytes)::int8 * 8) AS bytes,
           (length(bytes) + 72) / 64 AS blocks
    FROM (SELECT convert_to($text, 'UTF8') AS bytes OFFSET 0) AS given
), rounds AS (
    -- The last sixteen words of the schedule, the five words at work, and those of the blocks before.
    SELECT 0 AS n, array_fill(0::int8, ARRAY[16]) AS w,
           h0 AS a, h1 AS b, h2 AS c, h3 AS d, h4 AS e, h0, h1, h2, h3, h4
    FROM (VALUES (1732584193::int8, 4023233417::int8, 2562383102::int8, 271733878::int8, 3285377520::int8))
        AS beginning(h0, h1, h2, h3, h4)
    UNION ALL
    SELECT n + 1, w[2:16] || word, next_a, next_b, next_c, next_d, next_e,
           CASE WHEN ends THEN next_a ELSE h0 END, CASE WHEN ends THEN next_b ELSE h1 END,
           CASE WHEN ends THEN next_c ELSE h2 END, CASE WHEN ends THEN next_d ELSE h3 END,
           CASE WHEN ends THEN next_e ELSE h4 END
    FROM rounds CROSS JOIN padded
    CROSS JOIN LATERAL (
        SELECT n % 80 AS t, n % 80 = 79 AS ends, n / 80 * 64 + n % 80 * 4 AS place, w[14] # w[9] # w[3] # w[1] AS x
    ) AS place
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN t < 16 THEN (get_byte(bytes, place)::int8 << 24) + (get_byte(bytes, place + 1) << 16)
                + (get_byte(bytes, place + 2) << 8) + get_byte(bytes, place + 3)
            ELSE ((x << 1) | (x >> 31)) & 4294967295 END AS word
    ) AS schedule
    CROSS JOIN LATERAL (
        SELECT (((a << 5) | (a >> 27)) & 4294967295) + e + word + CASE
                WHEN t < 20 THEN ((b & c) | (~ b & d)) + 1518500249
                WHEN t < 40 THEN (b # c # d) + 1859775393
                WHEN t < 60 THEN ((b & c) | (b & d) | (c & d)) + 2400959708
                ELSE (b # c # d) + 3395469782 END AS mixed,
            ((b << 30) | (b >> 2)) & 4294967295 AS turned
    ) AS round
    CROSS JOIN LATERAL (
        SELECT (mixed + CASE WHEN ends THEN h0 ELSE 0 END) & 4294967295 AS next_a,
            (a + CASE WHEN ends THEN h1 ELSE 0 END) & 4294967295 AS next_b,
            (turned + CASE WHEN ends THEN h2 ELSE 0 END) & 4294967295 AS next_c,
            (c + CASE WHEN ends THEN h3 ELSE 0 END) & 4294967295 AS next_d,
            (d + CASE WHEN ends THEN h4 ELSE 0 END) & 4294967295 AS next_e
    ) AS following
    WHERE n < blocks * 80
)
SELECT lpad(to_hex(h0), 8, '0') || lpad(to_hex(h1), 8, '0') || lpad(to_hex(h2), 8, '0') || lpad(to_hex(h3), 8, '0')
           || lpad(to_hex(h4), 8, '0') AS digits
FROM rounds CROSS JOIN padded
WHERE n = blocks * 80
