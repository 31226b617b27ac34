#!/bin/sh
# Remake the locks from pyproject.toml: every version and every hash, for all platforms, and no address of any index.
# Run it in an environment that has uv: `tools/lock.sh`, or `tools/lock.sh --upgrade` for newer versions.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-uv}

compile() {
    output=$1
    shift
    "$uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate \
        --output-file "requirements/$output.txt" "$@"
}

compile run "$@"
compile build --extra build --constraints requirements/run.txt "$@"
compile test --extra build --extra test --constraints requirements/run.txt "$@"

if grep -nE 'https?://|--(index|find|trusted)' requirements/*.txt; then
    echo "tools/lock.sh: a lock names an address" >&2
    exit 1
fi
