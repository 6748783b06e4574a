#!/bin/sh
# Lays Dagster's settings into its folder, then becomes what was asked for: a worker, or any other command.
set -eu
cp /etc/narrative/dagster.yaml "$DAGSTER_HOME/dagster.yaml"
if [ "$1" = worker ]; then
    set -- celery -A resources.celery_app worker -Q "$NARRATIVE_QUEUE" -n "$NARRATIVE_QUEUE@%h" \
        -c "${NARRATIVE_SLOTS:-1}" --loglevel INFO
fi
exec "$@"
