#!/bin/sh
# Run once by the Postgres image on an empty data directory: an owner for migrations, and the role the product works as.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
	--set owner_password="$LEDGER_OWNER_PASSWORD" --set app_password="$LEDGER_APP_PASSWORD" <<'SQL'
CREATE ROLE dueprocess_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE dueprocess_app LOGIN PASSWORD :'app_password';
CREATE DATABASE dueprocess OWNER dueprocess_owner;
REVOKE ALL ON DATABASE dueprocess FROM PUBLIC;
GRANT CONNECT ON DATABASE dueprocess TO dueprocess_app;
SQL
