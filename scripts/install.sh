#!/bin/sh
# Make .venv with the locked requirements and the project in it. Quick when nothing changed.
set -eu
cd "$(dirname "$0")/.."

stamp=.venv/.installed
wanted="$(cat requirements/dev.txt pyproject.toml scripts/install.sh | cksum) $PWD"
if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ] && .venv/bin/python -c ''; then
    exit 0
fi

# asked by running it: a name on the PATH may be a shim that leads nowhere
fits() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.implementation.name != "cpython" or sys.version_info[:2] not in ((3, 11), (3, 12)))' >/dev/null 2>&1
}

python=
for candidate in ${PYTHON:-} python3.12 python3.11 python3 python; do
    if fits "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    found=$(python3 --version 2>/dev/null || echo "no python3")
    echo "Muvi needs CPython 3.11 or 3.12 with its venv module; found here: $found." >&2
    echo "Install one of them (Debian, Ubuntu: python3.11 and python3.11-venv), or name it: PYTHON=/path/to/python3.12 make up" >&2
    exit 1
fi
if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
    echo "Muvi's embedded servers are built for Linux on x86-64; this is $(uname -s) on $(uname -m)." >&2
    exit 1
fi
free_kb=$(df -Pk . | awk 'NR == 2 { print $4 }')
if [ "$free_kb" -lt 1500000 ]; then
    echo "The disk of $PWD has $((free_kb / 1024)) MB free; the environment and the data need 1500 MB." >&2
    exit 1
fi

echo "Installing Muvi into .venv with $("$python" --version) (once; some minutes)"
rm -rf .venv
"$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r requirements/dev.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
printf '%s' "$wanted" >"$stamp"
