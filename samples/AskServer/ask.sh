#!/usr/bin/env bash
# Asks a server for predictions, and corrects one, with curl alone.
#   vigie serve --model out/m
#   samples/AskServer/ask.sh
# VIGIE_URL names another server, VIGIE_API_KEY holds a key where it wants one.
set -euo pipefail
url=${VIGIE_URL:-http://127.0.0.1:5199}
url=${url%/}
# By a file: what stands on a command line can be read by every user of the machine.
headers() { [ -z "${VIGIE_API_KEY:-}" ] || printf 'Authorization: Bearer %s\n' "$VIGIE_API_KEY"; }
post() { # PATH TYPE BODY
  local answer
  answer=$(curl --silent --show-error --fail-with-body "$url/v1/$1" -H "Content-Type: $2" -H @<(headers) --data-binary "$3") || { echo "$url: ${answer:-no answer}" >&2; exit 1; }
  echo "$answer"
}

answer=$(post predict application/json '{"text": "Three hours late and nobody tells us anything"}')
echo "$answer"
post predict/batch application/x-ndjson $'"Lovely crew, thank you"\n"Lost my bag again"\n'
prediction=$(sed 's/.*"prediction_id":"\([0-9a-f]*\)".*/\1/' <<<"$answer")
post feedback application/json "{\"prediction_id\": \"$prediction\", \"label\": \"negative\", \"reporter\": \"me\", \"comment\": \"a sample\"}"
