#!/bin/sh
# Start Ombud from a checkout: finds a Python, prepares what is missing (.venv, the built pages), runs the command.
set -eu

self=$0
while [ -L "$self" ]; do
    link=$(readlink "$self")
    case $link in
        /*) self=$link ;;
        *) self=$(dirname "$self")/$link ;;
    esac
done
root=$(cd "$(dirname "$self")" && pwd -P)
[ -f "$root/pyproject.toml" ] || root=$(dirname "$root")

if [ -x "$root/.venv/bin/python" ]; then
    exec "$root/.venv/bin/python" -I "$root/tools/launch.py" "$@"
fi
for name in python3 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        exec "$name" -I "$root/tools/launch.py" "$@"
    fi
done
echo "ombud: Python 3.11 or newer is needed. Install it first (Debian, Ubuntu: apt install python3 python3-venv)." >&2
exit 1
