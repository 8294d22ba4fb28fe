#!/usr/bin/env bash
# Runs once, when the database server's volume is empty: a role and a database for the product, and others for the engine,
# so that the engine cannot read what belongs to citizens.
set -euo pipefail

psql --set ON_ERROR_STOP=1 --set product="$PRODUCT_DB_PASSWORD" --set engine="$ENGINE_DB_PASSWORD" \
  --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE assistant LOGIN PASSWORD :'product';
CREATE DATABASE assistant OWNER assistant;
REVOKE CONNECT ON DATABASE assistant FROM PUBLIC;
CREATE ROLE engine LOGIN PASSWORD :'engine';
CREATE DATABASE engine OWNER engine;
REVOKE CONNECT ON DATABASE engine FROM PUBLIC;
SQL
