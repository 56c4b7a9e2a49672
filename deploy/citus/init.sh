#!/usr/bin/env bash
# Makes the roles, once, when the coordinator's data directory is new: promgres owns the database, grafana may read what promgres
# shows. The image has made the database and the extension.
set -euo pipefail

psql -v ON_ERROR_STOP=1 -v writer="$WRITER_PASSWORD" -v reader="$READER_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE prom_reader;
CREATE ROLE promgres LOGIN PASSWORD :'writer';
CREATE ROLE grafana LOGIN PASSWORD :'reader' IN ROLE prom_reader;
ALTER ROLE grafana SET default_transaction_read_only = on;
ALTER ROLE grafana SET statement_timeout = '60s';
ALTER DATABASE metrics OWNER TO promgres;
SQL
