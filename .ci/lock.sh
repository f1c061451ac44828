#!/bin/sh
# Write requirements.lock (to run), requirements-dev.lock (to test as well) and
# requirements-build.lock (to build what comes as source), without addresses.
set -eu
python=$1
"$python" -m uv --version >/dev/null 2>&1 || "$python" -m pip install --quiet uv

lock() {
    "$python" -m uv pip compile "$@" --quiet --upgrade --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
        --custom-compile-command "make lock"
}
# What the plugins in plugins/ ask for, but for coalition itself, which is in no index.
plugins=$("$python" - plugins/*/pyproject.toml <<'PYTHON'
import re, sys, tomllib
from pathlib import Path
for name in sys.argv[1:]:
    for asked in tomllib.loads(Path(name).read_text())["project"]["dependencies"]:
        if re.match("[A-Za-z0-9_.-]+", asked)[0] != "coalition":
            print(asked)
PYTHON
)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo "$plugins" > "$folder/plugins.in"

printf '%s\n' editables hatchling setuptools | lock --output-file requirements-build.lock -
lock --constraint requirements-build.lock --output-file requirements.lock pyproject.toml \
    "$folder/plugins.in" requirements-build.lock
lock --constraint requirements.lock --output-file requirements-dev.lock --group dev \
    pyproject.toml "$folder/plugins.in" requirements-build.lock
if grep -nE '://|^-|file:' requirements*.lock; then
    echo "An address got into the lock files; see above." >&2
    exit 1
fi
