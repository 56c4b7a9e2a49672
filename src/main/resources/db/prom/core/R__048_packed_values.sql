-- How a value is found in a run: a function that the planner inlines, since nothing but operators and subscripts is fast,
-- and the text of its parts for what looks at a run in another way.
--
-- Kinds: 0 all the same, 1 and 2 numbers in 16 and 32 bits, 3 floats, 4 numbers off a line (a slope in 4096ths) in as many
-- bits as they need, that of a place n from bit n * width on; 8 to 12
-- the same with holes, or with a last value that stands alone, or both. EncodedValues has the same list.

CREATE OR REPLACE FUNCTION _prom_catalog.packed_condition() RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT '(b.kind < 8 OR b.present IS NULL OR get_bit(b.present, t.idx - b.first) = 1)'
$$;
COMMENT ON FUNCTION _prom_catalog.packed_condition() IS
    'SQL that is true where a run b has a value at a tick t from its first to its last.';

CREATE OR REPLACE FUNCTION _prom_catalog.packed_element(kind int, element text, place text, tick text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format(CASE kind
        WHEN 0 THEN 'b.base'
        WHEN 1 THEN '(b.base + b.i2[%1$s]) / b.scale'
        WHEN 2 THEN '(b.base + b.i4[%1$s]) / b.scale'
        WHEN 3 THEN 'b.f8[%1$s]'
        WHEN 4 THEN '(b.base + ((b.slope * %3$s >> 12) + substring(b.bits, %2$s * b.width, b.width)::bigint)) / b.scale'
    END, element, place, tick)
$$;
COMMENT ON FUNCTION _prom_catalog.packed_element(int, text, text, text) IS
    'SQL for a value of a run b of a kind, 0 to 4, by the number of its element, counted from 1, its place in the bits, and its tick.';

DO $make$
DECLARE
    value text;
BEGIN
    -- The kind that takes longest is asked for first.
    SELECT format('CASE b.kind WHEN 4 THEN %s WHEN 0 THEN %s WHEN 1 THEN %s WHEN 2 THEN %s WHEN 3 THEN %s ELSE CASE'
                  ' WHEN b.kind <> 11 AND b.f8 IS NOT NULL AND t.idx = b.last THEN b.f8[1]'
                  ' WHEN b.kind = 12 THEN %s WHEN b.kind = 8 THEN %s WHEN b.kind = 9 THEN %s WHEN b.kind = 10 THEN %s ELSE %s END END',
                  VARIADIC array_agg(_prom_catalog.packed_element(k.kind, n.element, n.place, 't.idx') ORDER BY n.form, k.turn))
    INTO value
    FROM unnest(ARRAY[4, 0, 1, 2, 3]) WITH ORDINALITY k(kind, turn),
         -- Where there are holes, how many of the ticks up to this one have a value.
         (VALUES (1, 't.idx - b.first + 1', 't.idx'),
                 (2, 'coalesce(bit_count(substring(b.present FROM 1 FOR t.idx - b.first + 1))::int, t.idx - b.first + 1)',
                  'coalesce(bit_count(substring(b.present FROM 1 FOR t.idx - b.first + 1))::int, t.idx)')) n(form, element, place);
    -- Parsed here and now: whatever search_path a query has, the operators are these.
    EXECUTE format($function$
        CREATE OR REPLACE FUNCTION _prom_catalog.run_value(
            kind smallint, base double precision, scale double precision, first smallint, last smallint, i2 smallint[], i4 int[],
            f8 double precision[], bits bit varying, width int, slope bigint, present bit varying, idx smallint)
            RETURNS double precision
            LANGUAGE sql IMMUTABLE PARALLEL SAFE
            RETURN %s
        $function$, replace(replace(value, 'b.', ''), 't.idx', 'idx'));
END
$make$;
COMMENT ON FUNCTION _prom_catalog.run_value IS
    'The value of a run at a tick where it has one. The planner inlines it: a view that calls it is as fast as one that has its text, and smaller.';

CREATE OR REPLACE FUNCTION _prom_catalog.packed_value() RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT '_prom_catalog.run_value(b.kind, b.base, b.scale, b.first, b.last, b.i2, b.i4, b.f8, b.bits, b.width, b.slope, b.present, t.idx)'
$$;
COMMENT ON FUNCTION _prom_catalog.packed_value() IS 'SQL for the value of a run b at a tick t where it has one.';
