CREATE OR REPLACE FUNCTION _energy.beside(this numeric, partner numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN partner IS NULL THEN this ELSE coalesce(this, 0) END
$$;
COMMENT ON FUNCTION _energy.beside IS 'Busy beside idle, or idle beside busy: 0 where only the partner is known, so that their sum is.';

CREATE OR REPLACE FUNCTION _energy.write_facts(keys _energy.fact_key[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM _energy.know_names(n.scope, n.labels)
    FROM (SELECT k.scope, array_agg(DISTINCT k.key) AS labels FROM unnest(keys) k WHERE k.scope <> 'ada' GROUP BY k.scope) n;

    PERFORM set_config('promgres.projecting', 'on', true);
    -- Several labels may mean one machine, after it was renamed.
    WITH total AS MATERIALIZED (
        SELECT k.ts, k.scope, k.key, count(c.rule_id) AS parts,
               sum(c.busy_cpu_seconds_total) AS busy_cpu, sum(c.idle_cpu_seconds_total) AS idle_cpu,
               sum(c.busy_kwh) AS busy_kwh, sum(c.idle_kwh) AS idle_kwh,
               sum(CASE WHEN c.is_estimate THEN coalesce(c.busy_kwh, 0) + coalesce(c.idle_kwh, 0) ELSE 0 END)
                   FILTER (WHERE coalesce(c.busy_kwh, c.idle_kwh) IS NOT NULL) AS estimated,
               sum(CASE WHEN x.is_told THEN c.busy_gco2eq ELSE coalesce(c.busy_gco2eq, c.implied_busy_gco2eq) END) AS busy_g,
               sum(CASE WHEN x.is_told THEN c.idle_gco2eq ELSE coalesce(c.idle_gco2eq, c.implied_idle_gco2eq) END) AS idle_g,
               sum(c.intensity_sum) / nullif(sum(c.intensity_count), 0) AS intensity
        FROM (SELECT DISTINCT k.ts, k.scope, n.key
              FROM unnest(keys) k JOIN _energy.name n ON n.scope = k.scope AND n.label = k.key) k
        JOIN _energy.name n ON n.scope = k.scope AND n.key = k.key
        LEFT JOIN _energy.contribution c ON c.ts = k.ts AND c.scope = k.scope AND c.key = n.label
        LEFT JOIN LATERAL (
            SELECT EXISTS (SELECT FROM _energy.contribution m JOIN _energy.rule r ON r.id = m.rule_id
                           WHERE m.ts = c.ts AND m.scope = c.scope AND m.key = c.key AND r.kind = 'measure'
                             AND (m.busy_gco2eq IS NOT NULL OR m.idle_gco2eq IS NOT NULL))
            WHERE coalesce(c.implied_busy_gco2eq, c.implied_idle_gco2eq) IS NOT NULL) x(is_told) ON true
        GROUP BY k.ts, k.scope, k.key
    ), fresh AS MATERIALIZED (
        SELECT t.*, CASE WHEN t.scope = 'project' THEN t.key::int END AS project_id,
               CASE WHEN t.scope = 'machine' THEN t.key::int END AS machine_id,
               CASE WHEN t.scope = 'user' THEN t.key END AS user_id,
               _energy.beside(t.busy_cpu, t.idle_cpu) AS busy_seconds, _energy.beside(t.idle_cpu, t.busy_cpu) AS idle_seconds,
               _energy.beside(t.busy_kwh, t.idle_kwh) AS busy_energy, _energy.beside(t.idle_kwh, t.busy_kwh) AS idle_energy,
               _energy.beside(t.busy_g, t.idle_g) AS busy_carbon, _energy.beside(t.idle_g, t.busy_g) AS idle_carbon
        FROM total t
    ), present AS MATERIALIZED (
        SELECT t.ts, t.scope, t.key, f.usage_id,
               (f.busy_cpu_seconds_total, f.idle_cpu_seconds_total, f.busy_kwh, f.idle_kwh, f.busy_gco2eq, f.idle_gco2eq,
                f.intensity_gco2eq_kwh, f.estimated_kwh)
               IS DISTINCT FROM (t.busy_seconds, t.idle_seconds, t.busy_energy, t.idle_energy, t.busy_carbon, t.idle_carbon,
                                 t.intensity, t.estimated) AS differs
        -- One by one, by the index of the scope.
        FROM fresh t, LATERAL (
            SELECT f.* FROM energy.fact_usage f WHERE t.scope = 'ada' AND f.scope = 'ada' AND f.ts = t.ts
            UNION ALL
            SELECT f.* FROM energy.fact_usage f WHERE t.scope = 'project' AND f.project_id = t.project_id AND f.ts = t.ts
            UNION ALL
            SELECT f.* FROM energy.fact_usage f WHERE t.scope = 'machine' AND f.machine_id = t.machine_id AND f.ts = t.ts
            UNION ALL
            SELECT f.* FROM energy.fact_usage f WHERE t.scope = 'user' AND f.user_id = t.user_id AND f.ts = t.ts) f
    ), gone AS (
        DELETE FROM energy.fact_usage f USING fresh t JOIN present p ON p.ts = t.ts AND p.scope = t.scope AND p.key = t.key
        WHERE t.parts = 0 AND f.origin = 'samples' AND f.usage_id = p.usage_id
    ), changed AS (
        UPDATE energy.fact_usage f
        SET busy_cpu_seconds_total = t.busy_seconds, idle_cpu_seconds_total = t.idle_seconds,
            busy_kwh = t.busy_energy, idle_kwh = t.idle_energy, busy_gco2eq = t.busy_carbon, idle_gco2eq = t.idle_carbon,
            intensity_gco2eq_kwh = t.intensity, estimated_kwh = t.estimated
        FROM fresh t JOIN present p ON p.ts = t.ts AND p.scope = t.scope AND p.key = t.key
        WHERE t.parts > 0 AND p.differs AND f.origin = 'samples' AND f.usage_id = p.usage_id
    )
    INSERT INTO energy.fact_usage AS f (
        scope, ts, project_id, machine_id, user_id, busy_cpu_seconds_total, idle_cpu_seconds_total, busy_kwh, idle_kwh,
        busy_gco2eq, idle_gco2eq, intensity_gco2eq_kwh, estimated_kwh, origin)
    SELECT t.scope, t.ts, t.project_id, t.machine_id, t.user_id, t.busy_seconds, t.idle_seconds, t.busy_energy, t.idle_energy,
           t.busy_carbon, t.idle_carbon, t.intensity, t.estimated, 'samples'
    FROM fresh t
    WHERE t.parts > 0
      AND NOT EXISTS (SELECT FROM present p WHERE p.ts = t.ts AND p.scope = t.scope AND p.key = t.key)
    -- Only what a person or a script has inserted meanwhile.
    ON CONFLICT ON CONSTRAINT fact_usage_key DO NOTHING;
    PERFORM set_config('promgres.projecting', '', true);
END
$$;
COMMENT ON FUNCTION _energy.write_facts IS 'Makes rows of energy.fact_usage what the contributions to them add up to; without any, they go. Rows by hand stay.';
