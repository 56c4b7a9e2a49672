-- Ids made of names, so that a metric has the same id in every database.

CREATE OR REPLACE FUNCTION _metric_data.rotated(word bigint, bits int) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ((word << bits) | (word >> (32 - bits))) & 4294967295
$$;
COMMENT ON FUNCTION _metric_data.rotated IS 'A word of 32 bits, rotated to the left.';

CREATE OR REPLACE FUNCTION _metric_data.sha1_words(block bytea) RETURNS bigint[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    words bigint[] := ARRAY(
        SELECT (get_byte(block, 4 * i)::bigint << 24) + (get_byte(block, 4 * i + 1) << 16)
             + (get_byte(block, 4 * i + 2) << 8) + get_byte(block, 4 * i + 3)
        FROM generate_series(0, 15) i ORDER BY i);
BEGIN
    FOR i IN 17..80 LOOP
        words[i] := _metric_data.rotated(words[i - 3] # words[i - 8] # words[i - 14] # words[i - 16], 1);
    END LOOP;
    RETURN words;
END
$$;
COMMENT ON FUNCTION _metric_data.sha1_words IS 'The 80 words that the rounds of SHA-1 make of a block of 64 bytes.';

CREATE OR REPLACE FUNCTION _metric_data.sha1_block(state bigint[], block bytea) RETURNS bigint[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    words bigint[] := _metric_data.sha1_words(block);
    a bigint := state[1];
    b bigint := state[2];
    c bigint := state[3];
    d bigint := state[4];
    e bigint := state[5];
    mixed bigint;
BEGIN
    FOR i IN 1..80 LOOP
        mixed := CASE WHEN i <= 20 THEN ((b & c) | (~b & d)) + 1518500249
                      WHEN i <= 40 THEN (b # c # d) + 1859775393
                      WHEN i <= 60 THEN ((b & c) | (b & d) | (c & d)) + 2400959708
                      ELSE (b # c # d) + 3395469782 END;
        mixed := (_metric_data.rotated(a, 5) + mixed + e + words[i]) & 4294967295;
        e := d;
        d := c;
        c := _metric_data.rotated(b, 30);
        b := a;
        a := mixed;
    END LOOP;
    RETURN ARRAY[(state[1] + a) & 4294967295, (state[2] + b) & 4294967295, (state[3] + c) & 4294967295,
                 (state[4] + d) & 4294967295, (state[5] + e) & 4294967295];
END
$$;
COMMENT ON FUNCTION _metric_data.sha1_block IS 'The state of SHA-1 after one more block of 64 bytes.';

CREATE OR REPLACE FUNCTION _metric_data.sha1(message bytea) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    zeros int := (119 - length(message) % 64) % 64;
    padded bytea := message || decode('80', 'hex') || decode(repeat('00', zeros), 'hex') || int8send(length(message) * 8::bigint);
    state bigint[] := ARRAY[1732584193, 4023233417, 2562383102, 271733878, 3285377520];
BEGIN
    FOR i IN 0..length(padded) / 64 - 1 LOOP
        state := _metric_data.sha1_block(state, substring(padded FROM i * 64 + 1 FOR 64));
    END LOOP;
    RETURN (SELECT string_agg(substring(int8send(w) FROM 5), '' ORDER BY n) FROM unnest(state) WITH ORDINALITY u(w, n));
END
$$;
COMMENT ON FUNCTION _metric_data.sha1 IS
    'SHA-1 (RFC 3174). PostgreSQL has it in an extension only; here it makes ids of names, and protects nothing.';

CREATE OR REPLACE FUNCTION metric_data.uuid_v5(namespace uuid, name text) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT encode(set_byte(set_byte(h, 6, get_byte(h, 6) & 15 | 80), 8, get_byte(h, 8) & 63 | 128), 'hex')::uuid
    FROM substring(_metric_data.sha1(uuid_send(namespace) || convert_to(name, 'UTF8')) FROM 1 FOR 16) h
$$;
COMMENT ON FUNCTION metric_data.uuid_v5(uuid, text) IS 'The name-based UUID of a name in a namespace (RFC 9562, version 5).';

CREATE OR REPLACE FUNCTION metric_data.name_id(name text) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT metric_data.uuid_v5('680be15f-f252-46b5-ab35-f4419a9714c1', name)
$$;
COMMENT ON FUNCTION metric_data.name_id(text) IS
    'The id of a metric or a parameter that comes from labels: the UUID of version 5 of its name in the namespace 680be15f-f252-46b5-ab35-f4419a9714c1.';

CREATE OR REPLACE FUNCTION _metric_data.add_names(names text[]) RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO _metric_data.name (name, id)
    SELECT DISTINCT u.name, metric_data.name_id(u.name) FROM unnest(names) u(name)
    WHERE NOT EXISTS (SELECT FROM _metric_data.name n WHERE n.name = u.name)
$$;
COMMENT ON FUNCTION _metric_data.add_names IS 'Sees to it that _metric_data.name has the ids of these names.';

CREATE OR REPLACE FUNCTION _metric_data.described(metric_name text, OUT title text, OUT units text)
    LANGUAGE sql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT left(coalesce(nullif(m.help, ''), metric_name), 128), left(nullif(m.unit, ''), 16)
    FROM (SELECT) one
    LEFT JOIN LATERAL (
        SELECT d.help, d.unit FROM prom_info.metadata d
        WHERE d.is_current
          AND d.metric_family IN (metric_name, regexp_replace(metric_name, '_(total|bucket|count|sum)$', ''))
        ORDER BY d.metric_family <> metric_name
        LIMIT 1) m ON true
$$;
COMMENT ON FUNCTION _metric_data.described IS
    'Title and units of a metric, of its metadata where that is known: else its name and NULL.';
