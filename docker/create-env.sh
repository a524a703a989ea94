#!/bin/sh
# Writes docker/.env with random secrets for compose.yaml: sh docker/create-env.sh
# Keep the file: the hub cannot read its stored source tokens without the secret key.
set -eu
umask 077
file=${1:-$(dirname "$0")/.env}
if [ -e "$file" ]; then
  echo "$file exists. Its secrets are in use, so it is not replaced." >&2
  exit 1
fi
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
cat >"$file" <<END
HUBFALL_SECRET_KEY=$(random)
HUBFALL_ADMIN_TOKEN=$(random)
HUBFALL_POSTGRES_PASSWORD=$(random)
HUBFALL_REDIS_PASSWORD=$(random)
HUBFALL_S3_SECRET_KEY=$(random)

# Public URL of the hub; by default the address that each client uses
#HUBFALL_URL=https://hub.example.com
# Address to listen on. 0.0.0.0 lets other machines connect; put a proxy with TLS in front of the hub
#HUBFALL_ADDRESS=127.0.0.1
# Images with digests, for example postgres:17-alpine@sha256:…
#HUBFALL_NODE_IMAGE=
#HUBFALL_NGINX_IMAGE=
#HUBFALL_POSTGRES_IMAGE=
#HUBFALL_REDIS_IMAGE=
#HUBFALL_S3_IMAGE=
#HUBFALL_AWS_CLI_IMAGE=
END
echo "Created $file. The admin token is in HUBFALL_ADMIN_TOKEN."
