#!/bin/sh
# Make .venv with the Python named in $1, or say in plain words why that is not possible.
set -eu
python=$1
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

if .venv/bin/python -c "$new_enough" 2>/dev/null && .venv/bin/python -m pip -V >/dev/null 2>&1; then
    exit 0
fi
if ! command -v "$python" >/dev/null 2>&1; then
    echo "There is no program “$python”. Install Python 3.11 or newer, or name yours:" >&2
    echo "    make PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! "$python" -c "$new_enough"; then
    echo "coalition needs Python 3.11 or newer; “$python” is $("$python" -V 2>&1)." >&2
    echo "Name a newer one: make PYTHON=python3.12" >&2
    exit 1
fi
if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "“$python” cannot make virtual environments: its venv module is not whole." >&2
    echo "On Debian and Ubuntu: apt-get install python$version-venv" >&2
    exit 1
fi
echo "Making .venv with $("$python" -V)"
rm -rf .venv
"$python" -m venv .venv
