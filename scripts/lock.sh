#!/bin/sh
# Write requirements/*.txt anew from requirements/*.in, with hashes and without the address of any registry.
set -eu
cd "$(dirname "$0")/../requirements"
if ! command -v uv >/dev/null 2>&1; then
    echo "make lock needs uv on the PATH; nothing else does." >&2
    exit 1
fi
for name in app dev; do
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
        --custom-compile-command "make lock" "$name.in" -o "$name.txt"
done
