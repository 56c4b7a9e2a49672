-- What is kept for series that are gone, and for times that retention has taken.

CREATE OR REPLACE FUNCTION _energy.forget_sources() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    WITH lost AS (
        DELETE FROM _energy.source s USING gone g WHERE s.series_id = g.id RETURNING s.rule_id, s.place_id, s.series_id
    )
    INSERT INTO _energy.orphan (rule_id, place_id)
    SELECT DISTINCT l.rule_id, l.place_id FROM lost l
    WHERE NOT EXISTS (SELECT FROM _energy.source s WHERE s.rule_id = l.rule_id AND s.place_id = l.place_id
                        AND s.series_id NOT IN (SELECT g.id FROM gone g))
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION _energy.forget_sources IS 'Series have been removed: no rule has them any more.';
REVOKE ALL ON FUNCTION _energy.forget_sources() FROM PUBLIC;

/*plain*/
CREATE OR REPLACE TRIGGER forget_sources AFTER DELETE ON _prom_catalog.series
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION _energy.forget_sources();
/*end plain*/

CREATE OR REPLACE FUNCTION _energy.expired_before(rule _energy.rule) RETURNS timestamptz
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(max(coalesce(m.expired_before, '-infinity')), 'infinity')
    FROM _prom_catalog.metric m
    WHERE m.id IN (SELECT s.metric_id FROM _energy.source s WHERE s.rule_id = rule.id)
$$;
COMMENT ON FUNCTION _energy.expired_before IS
    'Retention has deleted samples of a rule that are older: buckets from before stay as they are, and all of a rule without series.';

CREATE OR REPLACE FUNCTION _energy.kept_since() RETURNS timestamptz
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT min(CASE x.expired_before
                   WHEN 'infinity' THEN _prom_catalog.retention_now() - prom_api.get_default_metric_retention_period()
                   ELSE x.expired_before END)
    FROM _energy.rule r, LATERAL (SELECT _energy.expired_before(r) AS expired_before) x
$$;
COMMENT ON FUNCTION _energy.kept_since IS
    'No rule computes an older bucket again. By the default retention period for rules without series.';

CREATE OR REPLACE FUNCTION _energy.expire() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(1886547826, 5) THEN
        RETURN;
    END IF;
    WITH horizon AS MATERIALIZED (
        SELECT r.id, _energy.expired_before(r) AS at FROM _energy.rule r
    )
    DELETE FROM _energy.amount a USING horizon h WHERE a.rule_id = h.id AND a.ts < h.at;
    -- A row may be made of several rules: until none of them computes it again, all stay.
    DELETE FROM _energy.contribution c WHERE c.ts < _energy.kept_since();
    DELETE FROM _energy.orphan o
    WHERE NOT EXISTS (SELECT FROM _energy.amount a WHERE a.rule_id = o.rule_id AND a.place_id = o.place_id);
    DELETE FROM _energy.place p
    WHERE NOT EXISTS (SELECT FROM _energy.source s WHERE s.place_id = p.id)
      AND NOT EXISTS (SELECT FROM _energy.amount a WHERE a.place_id = p.id);
    DELETE FROM _energy.session s WHERE s.until < _energy.kept_since();
    DELETE FROM _energy.session_host h
    WHERE NOT EXISTS (SELECT FROM _energy.hosts_of_sessions x WHERE x.host = h.host);
END
$$;
COMMENT ON FUNCTION _energy.expire IS
    'Deletes what was kept to compute buckets again whose samples retention has deleted. Rows of energy.fact_usage stay.';
