#!/usr/bin/env bash
# Makes the roles and the database, once, when the server's data directory is new: promgres owns the database, grafana may
# read what promgres shows.
set -euo pipefail

psql -v ON_ERROR_STOP=1 -v writer="$WRITER_PASSWORD" -v reader="$READER_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE prom_reader;
CREATE ROLE promgres LOGIN PASSWORD :'writer';
CREATE ROLE grafana LOGIN PASSWORD :'reader' IN ROLE prom_reader;
ALTER ROLE grafana SET default_transaction_read_only = on;
ALTER ROLE grafana SET statement_timeout = '60s';
CREATE DATABASE metrics OWNER promgres ENCODING 'UTF8' TEMPLATE template0;
SQL
