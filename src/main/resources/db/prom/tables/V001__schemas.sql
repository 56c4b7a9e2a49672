-- The schemas. A name with an underscore in front is ours alone; the others are interface.

DO $$
BEGIN
    IF current_setting('server_encoding') <> 'UTF8' THEN
        RAISE EXCEPTION 'promgres needs a database with encoding UTF8, this one has %', current_setting('server_encoding')
            USING HINT = 'CREATE DATABASE ... ENCODING ''UTF8'' TEMPLATE template0';
    END IF;
END
$$;

-- Flyway has made this one, to hold its history.
COMMENT ON SCHEMA _prom_catalog IS 'Catalog of promgres: metrics, labels, series, groups. Not an interface.';

CREATE SCHEMA _prom_landing;
COMMENT ON SCHEMA _prom_landing IS 'Partitions of prom_data.landing. Not an interface.';

CREATE SCHEMA prom_data;
COMMENT ON SCHEMA prom_data IS 'Stored samples: the landing table, and a table for each metric.';


CREATE SCHEMA prom_metric;
COMMENT ON SCHEMA prom_metric IS 'A view for each metric with its samples.';

CREATE SCHEMA prom_series;
COMMENT ON SCHEMA prom_series IS 'A view for each metric with its series and their labels as text.';

CREATE SCHEMA prom_info;
COMMENT ON SCHEMA prom_info IS 'Views about metrics and labels.';

CREATE SCHEMA prom_api;
COMMENT ON SCHEMA prom_api IS 'Functions and types for users.';

CREATE SCHEMA prom_latest;
COMMENT ON SCHEMA prom_latest IS 'A view for each metric with the last sample of each of its series.';

CREATE SCHEMA prom_exemplar;
COMMENT ON SCHEMA prom_exemplar IS 'A view for each metric that has exemplars.';

CREATE SCHEMA prom_histogram;
COMMENT ON SCHEMA prom_histogram IS 'A view for each metric that has native histograms.';

CREATE SCHEMA ps_tag;
COMMENT ON SCHEMA ps_tag IS 'Operators that make label matchers, as in labels ? (''node'' == ''brain'').';

-- The names of Promscale's extension, for scripts that cast to these types.
CREATE SCHEMA _ps_catalog;
GRANT USAGE ON SCHEMA _ps_catalog TO PUBLIC;
COMMENT ON SCHEMA _ps_catalog IS 'Types of Promscale that arguments of maintenance functions have.';
