#!/usr/bin/env bash
# Installs what the tests need beyond the .NET SDK (Debian 12, only what is missing), builds, runs every test project.
# The last line is 'N passed, M failed, K skipped'; the exit code is 0 only if at least one test ran and none failed.
#   ./test.sh            everything
#   ./test.sh --quick    without the tests marked Category=Slow
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

filter=()
case "${1:-}" in
  "") ;;
  --quick) filter=(--filter-not-trait Category=Slow --ignore-exit-code 8) ;; # 8: a project that has slow tests only
  *)
    echo "usage: ./test.sh [--quick]" >&2
    exit 2
    ;;
esac

missing=()
need() { # PACKAGE REASON TEST...: the package is installed when the test fails
  local package=$1 reason=$2
  shift 2
  "$@" >/dev/null 2>&1 && return
  echo "missing: $package ($reason)"
  missing+=("$package")
}
has_library() { ldconfig -p | grep -q "$1"; }
need libicu72 "Unicode normalization and collation" has_library libicuuc
need fonts-noto-color-emoji "emoji in the pages' pictures" test -e /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf
need fonts-dejavu-core "letters in plots" test -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
has_postgres() { command -v postgres || ls /usr/lib/postgresql/*/bin/postgres; }
need postgresql "tests on PostgreSQL, which they start and stop themselves" has_postgres
need redis-server "limits across replicas, by a Redis that the tests start and stop themselves" command -v redis-server
need libxgboost0 "XGBoost, which trains the recipe tfidf-xgboost" has_library libxgboost
need libgomp1 "threads of the LightGBM library" has_library libgomp
need fasttext "a program that must see the same vectors" command -v fasttext
need curl "a sample that asks a server" command -v curl
need python3 "a sample that asks a server" test -x /usr/bin/python3
need python3-aiosmtpd "a mail server that takes alerts" test -d /usr/lib/python3/dist-packages/aiosmtpd
need nodejs "a storage that speaks S3, and a sample that asks a server" command -v node
need npm "a storage that speaks S3" command -v npm
if [ -d tests/Vigie.Browser ]; then need chromium "tests of the pages" command -v chromium; fi

if [ ${#missing[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "test.sh: not a Debian system; install these in its own way: ${missing[*]}" >&2
    exit 1
  fi
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "test.sh: run as root: apt-get install --no-install-recommends ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  echo "installing: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

if [ ! -d tests/Vigie.Mlflow.Tests/s3/node_modules ]; then
  echo "installing: the storage that speaks S3"
  (cd tests/Vigie.Mlflow.Tests/s3 && npm ci --ignore-scripts --no-audit --no-fund)
fi

echo "== build"
if ! dotnet build Vigie.slnx -c Release --nologo -v quiet -clp:ErrorsOnly </dev/null; then
  echo "test.sh: the build failed" >&2
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi

passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  echo "== $name"
  code=0
  "tests/$(basename "$(dirname "$project")")/bin/Release/net10.0/$name" --no-ansi --timeout 12m "${filter[@]}" </dev/null 2>&1 | tee "$log" || code=$?
  count() { sed -nE "s/^ *$1: *([0-9]+) *$/\1/p" "$log" | tail -n 1; }
  project_failed=$(count failed)
  passed=$((passed + $(count succeeded || true) + 0))
  skipped=$((skipped + $(count skipped || true) + 0))
  # A crash, a time-out or a project without tests is a failure even where no test of it failed.
  if [ "$code" -ne 0 ] && [ "${project_failed:-0}" -eq 0 ]; then
    echo "test.sh: $name ended with exit code $code" >&2
    project_failed=1
  fi
  failed=$((failed + ${project_failed:-0}))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
