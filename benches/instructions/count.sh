#!/usr/bin/env bash
# Counts the instructions that an event costs, in the cells of figures.txt, and compares: `count.sh`.
# More than 5 % above a figure fails. `count.sh --write` writes what it counts as the new figures.
#
# Needs valgrind. Figures belong to a compiler: with another one than they name, they are printed beside what is
# counted, and nothing fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

figures=figures.txt
compiler=$(rustc --version | cut -d' ' -f1-2)
of=$(sed -n 's/^# //p;q' $figures)
target=${CARGO_TARGET_DIR:-$PWD/target}/instructions

build() { # SCAN
    local flags=
    [ "$1" = best ] || flags="--cfg eventwire_scan=\"$1\""
    RUSTFLAGS=$flags CARGO_TARGET_DIR=$target/$1 cargo build --quiet --release --locked
}

# Instructions for reading the stream so many times, and the events of one reading.
count() { # TIMES SCAN SHAPE CHUNKING WAY
    valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        "$target/$2/release/eventwire-instructions" "$3" "$4" "$5" "$1" 2>&1 |
        awk '/Collected/ { instructions = $4 } /^[0-9]+$/ { events = $1 } END { print instructions, events }'
}

for scan in best sse2 portable; do build $scan; done

status=0 written="# $compiler"$'\n'
printf '%-10s %-12s %-6s %-6s %12s %12s\n' scan shape chunks way figure counted
while read -r scan shape chunking way figure; do
    read -r once _ < <(count 1 "$scan" "$shape" "$chunking" "$way")
    read -r thrice events < <(count 3 "$scan" "$shape" "$chunking" "$way")
    counted=$(((thrice - once) / 2 / events))
    printf '%-10s %-12s %-6s %-6s %12s %12s' "$scan" "$shape" "$chunking" "$way" "$figure" "$counted"
    if [ "$compiler" = "$of" ] && [ "$figure" -gt 0 ] && [ $((counted * 100)) -gt $((figure * 105)) ]; then
        printf '  more than 5 %% above'
        status=1
    fi
    echo
    written+="$scan $shape $chunking $way $counted"$'\n'
done < <(sed 1d $figures)

if [ "${1:-}" = --write ]; then
    printf '%s' "$written" >$figures
elif [ "$compiler" != "$of" ]; then
    echo "figures are of $of, this is $compiler: nothing compared"
fi
exit $status
