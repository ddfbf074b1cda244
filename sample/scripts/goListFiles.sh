#!/bin/bash
# goListFiles.sh IMPORT_PATH: every source file that the packages under IMPORT_PATH need and that lies under $GOPATH/src
# (so: everything but the standard library), one absolute path a line, sorted, none twice.
set -euo pipefail

target=$1
sources="${GOPATH:?}/src"
export GO111MODULE=off

{
    echo "$target"
    go list -f '{{range .Deps}}{{println .}}{{end}}' "$target/..."
} | sort -u | while IFS= read -r package; do
    if [ -n "$package" ] && [ -d "$sources/$package" ]; then
        find "$sources/$package" -type f \( -name '*.go' -o -name '*.h' -o -name '*.c' -o -name '*.s' \)
    fi
done | sort -u
