#!/bin/sh
# Make the namespace. Histories are process state, not the record: they are kept only long enough to look into a fault.
set -eu

temporal operator namespace describe --namespace "$DUEPROCESS_TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
	temporal operator namespace create --namespace "$DUEPROCESS_TEMPORAL_NAMESPACE" --retention 30d
