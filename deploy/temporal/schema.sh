#!/bin/sh
# Make or renew Temporal's two databases. Safe to run again: each step does nothing when it has been done.
set -eu

export SQL_PLUGIN=postgres12 SQL_HOST="$POSTGRES_SEEDS" SQL_PORT=5432 SQL_USER="$POSTGRES_USER"
schemas=/etc/temporal/schema/postgresql/v12

prepare() {
	database=$1 schema=$2
	temporal-sql-tool --db "$database" create
	# A database that already has a schema refuses a first one; the update below then finds where it stands.
	temporal-sql-tool --db "$database" setup-schema -v 0.0 || echo "$database has its schema already"
	temporal-sql-tool --db "$database" update-schema -d "$schemas/$schema/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
