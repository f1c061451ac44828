#!/bin/sh
# Run the checks in order and stop at the first that fails. $1 is the Python, $2 may be “fast”.
set -eu
python=$1

step() {
    headline=$1
    shift
    echo "== $headline"
    if ! "$@"; then
        echo "== FAILED: $headline" >&2
        exit 1
    fi
}

step "Format (mend with: make format)" "$python" -m ruff format --check .
step "Lint" "$python" -m ruff check .
step "Types" "$python" -m mypy --strict coalition
step "Imports between packages" "$python" -c \
    'import sys; from importlinter.cli import lint_imports_command; lint_imports_command()'
[ "${2:-}" = fast ] && exit 0

sh .ci/chromium.sh
step "Tests on PostgreSQL, Valkey and in the browser" "$python" -m pytest -q -n 2 --dist loadfile
if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1; then
    echo "All passed, but the browser tests were skipped: chromium is not installed."
fi
