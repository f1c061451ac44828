#!/bin/sh
# Write requirements.lock (to run) and requirements-dev.lock (to test), without addresses.
set -eu
python=$1
"$python" -m uv --version >/dev/null 2>&1 || "$python" -m pip install --quiet uv

lock() {
    printf 'hatchling\neditables\n' | "$python" -m uv pip compile "$@" --quiet --upgrade \
        --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
        --no-annotate --custom-compile-command "make lock" pyproject.toml -
}
lock --output-file requirements.lock
lock --group dev --constraint requirements.lock --output-file requirements-dev.lock
if grep -nE '://|^-|file:' requirements.lock requirements-dev.lock; then
    echo "An address got into the lock files; see above." >&2
    exit 1
fi
