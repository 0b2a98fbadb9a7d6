#!/bin/sh
# Serves the model of the best macro F1 and tests the API: its health, its answers to good and bad questions, and that it says of tweets what the command line says.
# sh study/api.sh PORT TWEETS; run from the repository's root. Writes study/metrics/api.json.
set -eu
port=$1
tweets=$2
url=http://127.0.0.1:$port
work=$(mktemp -d)
server=
finish() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

fail() {
  echo "api.sh: $1" >&2
  if [ -s "$work/log" ]; then tail -n 20 "$work/log" >&2; fi
  exit 1
}

best=$(for model in linear recurrent subwords; do
  echo "$(sed -n 's/^ *"f1_macro": \([0-9.]*\),*$/\1/p' "study/metrics/$model.json") $model"
done | LC_ALL=C sort -rn | head -n 1 | cut -d ' ' -f 2)

VIGIE_HOME="$work/home" ./vigie serve --model "study/models/$best" --urls "$url" >"$work/log" 2>&1 &
server=$!
tries=0
until [ "$(curl -s -o /dev/null -w '%{http_code}' "$url/health/ready")" = 200 ]; do
  kill -0 "$server" 2>/dev/null || { server=; fail "the server of study/models/$best did not start"; }
  tries=$((tries + 1))
  [ "$tries" -lt 300 ] || fail "the server of study/models/$best was not ready within a minute"
  sleep 0.2
done

checks=0
expect() { # STATUS WHAT CURL-ARGUMENT...
  expected=$1
  what=$2
  shift 2
  answered=$(curl -s -o "$work/answer" -w '%{http_code}' "$@")
  [ "$answered" = "$expected" ] || fail "$what: expected status $expected, got $answered: $(cat "$work/answer")"
  checks=$((checks + 1))
}
json='content-type: application/json'
expect 200 'health' "$url/health"
expect 200 'model info' "$url/model/info"
expect 200 'a tweet' -H "$json" -d '{"text": "Thank you for the upgrade, lovely crew!"}' "$url/predict"
grep -q '"probability_positive":' "$work/answer" || fail "a tweet: no probability_positive in $(cat "$work/answer")"
expect 400 'no text' -H "$json" -d '{}' "$url/predict"
expect 400 'half a document' -H "$json" -d '{"text":' "$url/predict"
expect 404 'an address that is not there' "$url/predictions"

./vigie data import study/tweets.csv.gz --output "$work/tweets.jsonl" --sample "$tweets" --quiet >"$work/import.log"
./vigie predict --model "study/models/$best" --input "$work/tweets.jsonl" >"$work/here.jsonl"
./vigie predict --url "$url" --input "$work/tweets.jsonl" >"$work/there.jsonl"
here=$(sed 's/.*"id":"\{0,1\}\([^,"]*\).*"probability_positive":\([0-9.]\{1,7\}\).*/\1 \2/' "$work/here.jsonl")
there=$(sed 's/.*"id":"\{0,1\}\([^,"]*\).*"probability_positive":\([0-9.]\{1,7\}\).*/\1 \2/' "$work/there.jsonl")
[ -n "$here" ] || fail "the command line predicted nothing"
[ "$here" = "$there" ] || fail "the server's predictions are not those of the command line"
rows=$(wc -l <"$work/here.jsonl" | tr -d ' ')

mkdir -p study/metrics
printf '{\n  "model": "%s",\n  "checks": %s,\n  "same_predictions": %s\n}\n' "$best" "$checks" "$rows" >study/metrics/api.json
echo "api.sh: $best: $checks checks passed, $rows predictions are those of the command line"
