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
printf '%s\n' editables hatchling setuptools | lock --output-file requirements-build.lock -
lock --constraint requirements-build.lock --output-file requirements.lock pyproject.toml \
    requirements-build.lock
lock --constraint requirements.lock --output-file requirements-dev.lock --group dev \
    pyproject.toml requirements-build.lock
if grep -nE '://|^-|file:' requirements*.lock; then
    echo "An address got into the lock files; see above." >&2
    exit 1
fi
