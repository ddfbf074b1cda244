#!/bin/bash
# goListFiles.sh IMPORT_PATH: prints the absolute paths of all source files that the packages under IMPORT_PATH need,
# without the standard library, sorted.
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
