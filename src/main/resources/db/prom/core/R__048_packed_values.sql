-- How a value is found in a run: text for the views, which nothing but operators and subscripts keeps fast.

CREATE OR REPLACE FUNCTION _prom_catalog.packed_condition() RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT '(b.kind < 4 OR b.present IS NULL OR get_bit(b.present, t.idx - b.first) = 1)'
$$;
COMMENT ON FUNCTION _prom_catalog.packed_condition() IS
    'SQL that is true where a run b has a value at a tick t from its first to its last.';

CREATE OR REPLACE FUNCTION _prom_catalog.packed_value() RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format($value$
        CASE b.kind
            WHEN 0 THEN b.base
            WHEN 1 THEN (b.base + b.i2[%1$s]) / b.scale
            WHEN 2 THEN (b.base + b.i4[%1$s]) / b.scale
            WHEN 3 THEN b.f8[%1$s]
            ELSE CASE
                WHEN b.kind < 7 AND b.f8 IS NOT NULL AND t.idx = b.last THEN b.f8[1]
                WHEN b.kind = 4 THEN b.base
                WHEN b.kind = 5 THEN (b.base + b.i2[%2$s]) / b.scale
                WHEN b.kind = 6 THEN (b.base + b.i4[%2$s]) / b.scale
                ELSE b.f8[%2$s]
            END
        END$value$,
        't.idx - b.first + 1',
        -- How many of the ticks up to this one have a value.
        'coalesce(bit_count(substring(b.present FROM 1 FOR t.idx - b.first + 1))::int, t.idx - b.first + 1)')
$$;
COMMENT ON FUNCTION _prom_catalog.packed_value() IS 'SQL for the value of a run b at a tick t where it has one.';
