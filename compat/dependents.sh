#!/usr/bin/env bash
# Runs the tests of crates that use the originals, with the originals and with the packages here:
# `compat/dependents.sh`, or some of them: `compat/dependents.sh async-openai`.
#
# Each is tested as it was published, with its own lock file; only the patch is added. Tests that need the internet, or
# files that are not in the published package, are skipped. The first run builds some thousand packages, so this is not a
# step of `.ci/run`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
here=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$here/target} CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0

chosen=("$@")
# Name and version; the originals to patch, by folder; then arguments of `cargo test`.
all() {
    # The skipped tests ask OpenAI's servers.
    dependent async-openai 0.43.0 eventsource-stream --features full,byot --tests -- \
        --skip boxed_future_test --skip embedding --skip file::tests --skip vector_store_files
    # The tests of HTTP and SSE; the others do not use the original.
    dependent rmcp 3.11.0 sse-stream-0.2 --features "$RMCP_FEATURES" --lib \
        --test 'test_sse*' --test 'test_streamable_http*' --test 'test_sep_2260_stream*' \
        --test test_discover_http_client_startup --test test_custom_headers --test test_server_discover_http
    dependent adk-gemini 2.3.0 eventsource-stream --lib --tests
    dependent async-llm 0.11.1 'reqwest-eventsource eventsource-stream' --features mock --lib --tests
    dependent async-anthropic 0.6.0 'reqwest-eventsource eventsource-stream' --lib --tests
}

RMCP_FEATURES=client,server,macros,reqwest,transport-streamable-http-client-reqwest
RMCP_FEATURES+=,transport-streamable-http-server,transport-child-process,transport-io,elicitation

dependent() {
    local name=$1 version=$2 folders=$3 package=$scratch/$1 side patches folder original status
    shift 3
    [ ${#chosen[@]} = 0 ] || [[ " ${chosen[*]} " == *" $name "* ]] || return 0
    echo "=== $name $version"
    for side in original ours; do
        rm -rf "$package"
        original=$(find_original "$name" "$version")
        cp -R "$original" "$package"
        rm -f "$package/.cargo-ok"
        # A lock file may name a version that was withdrawn since.
        cargo metadata --quiet --format-version 1 --manifest-path "$package/Cargo.toml" >/dev/null 2>&1 ||
            rm "$package/Cargo.lock"
        patches=()
        if [ $side = ours ]; then
            for folder in $folders; do
                patches+=(--config "patch.crates-io.${folder%-0.[0-9]}.path=\"$here/patch/$folder\"")
            done
        fi
        status=0
        (cd "$package" && cargo "${patches[@]}" test --quiet --no-fail-fast "$@") >"$scratch/log" 2>&1 || status=$?
        report "$name" $side $status
        [ $side = original ] || uses_ours "$package/Cargo.lock" $folders
    done
}

# A patched package has no source in the lock file.
uses_ours() {
    local lock=$1 folder
    shift
    for folder in "$@"; do
        awk -v RS= -v name="name = \"${folder%-0.[0-9]}\"\n" \
            'index($0, name) && !/\nsource = / { found = 1 } END { exit !found }' "$lock" ||
            { echo "the patch of $folder was not used" && return 1; }
    done
}

report() {
    awk -v name="$1" -v side="$2" -v status="$3" '
        /^test result/ { passed += $4; failed += $6; skipped += $8 + $12 }
        END { printf "%-16s %-9s %d passed, %d failed, %d skipped%s\n", name, side, passed, failed, skipped,
                  passed + failed == 0 ? " (status " status ")" : "" }
    ' "$scratch/log"
    # The names of the failed tests, or the reason why nothing was built.
    grep -E '^    [a-z_0-9:]+$' "$scratch/log" | sort -u || true
    grep -q '^test result' "$scratch/log" || tail -n 20 "$scratch/log"
}

find_original() {
    local project=$scratch/fetch-$1
    mkdir -p "$project/src"
    touch "$project/src/lib.rs"
    printf '[workspace]\n[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n%s = "=%s"\n' \
        "$1" "$2" >"$project/Cargo.toml"
    cargo metadata --quiet --format-version 1 --manifest-path "$project/Cargo.toml" |
        tr '"' '\n' | grep "/$1-$2/Cargo.toml$" | head -n 1 | xargs dirname
}

all
