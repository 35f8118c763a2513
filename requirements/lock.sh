#!/usr/bin/env bash
# Write run.txt (what every command needs), and for each other extra of pyproject.toml what it adds, with the hashes of
# all files of a release, for every platform. Versions stay as they are where pyproject.toml allows it; with --upgrade,
# the newest are taken.
set -euo pipefail
cd "$(dirname "$0")/.."
pins=$(mktemp)
trap 'rm -f "$pins"' EXIT
cat requirements/{run,measure,driving,ray,dev}.txt > "$pins"

lock() { # lock EXTRA FILE [OPTION ...]
  uv pip compile pyproject.toml --extra "$1" --constraint requirements/torch.txt --output-file "$2" \
    --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url \
    "${@:3}" > /dev/null
}

left_out() { # left_out FILE PATTERN: options that leave out the packages of FILE whose names are like PATTERN
  sed -nE "s/^($2)==.*/--no-emit-package \1/p" "$1"
}

lock dev "$pins" "$@"
of_torch=$(left_out "$pins" '(torch|triton|(nvidia|cuda)-[a-z0-9-]+)')
# Names have no spaces, so that splitting them into words is safe here.
# shellcheck disable=SC2086
lock magnet requirements/run.txt --constraint "$pins" --upgrade $of_torch
in_run=$(left_out requirements/run.txt '[a-z0-9-]+')
for extra in measure driving ray dev; do
  # shellcheck disable=SC2086
  lock "$extra" "requirements/$extra.txt" --constraint "$pins" --upgrade $of_torch $in_run
done
