#!/usr/bin/env bash
# Takes the pictures of the documentation: runs the demo and visits its dashboard with chromium.
#   docs/images/make.sh [FOLDER]     (default: this folder; apt-get install chromium fonts-noto-color-emoji)
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
folder=$(readlink -f "${1:-$here}")
cd "$here/../.."
dotnet build -c Release --nologo -v quiet tests/Vigie.Browser </dev/null
VIGIE_PICTURES=$folder tests/Vigie.Browser/bin/Release/net10.0/Vigie.Browser --no-ansi --filter-class '*Pictures' </dev/null
