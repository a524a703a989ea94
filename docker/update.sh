#!/bin/sh
# Builds the hub again and replaces its replicas one after the other: sh docker/update.sh
# `docker compose up` would stop both at once.
set -eu
cd "$(dirname "$0")"
docker compose build hub-1
for replica in hub-1 hub-2; do
  docker compose up --detach --no-deps --no-build --wait "$replica"
done
