#!/usr/bin/env bash
# Runs the tests of the originals, as they were published, against the packages here: `compat/originals.sh`.
#
# Cargo fetches the originals, at pinned versions, into a folder that is removed at the end. Only their manifests are
# replaced: the library under test is ours, and reqwest is used without TLS.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
here=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$here/target}

# The tests that contradict the standard, each with its sentence.
UTF8='"Streams must be decoded using the UTF-8 decode algorithm": bytes that are not UTF-8 become U+FFFD'
RETRY='"interpret the field value as an integer in base ten, and set the event stream'"'s"' reconnection time": a large one too'
skipped_of() {
    case $1 in
        sse-stream-0.3)
            skip test_bytes_parse fragments::test_invalid_utf8_in_fragmented_data_line "$UTF8"
            skip test_bytes_parse lifecycle::parse_errors_end_both_decoders_for_every_chunk_width "$UTF8"
            skip test_bytes_parse lifecycle::invalid_first_data_line_never_creates_an_empty_event "$UTF8"
            skip test_strict_fields invalid_utf8_in_known_values_is_not_an_unknown_field "$UTF8"
            skip test_bytes_parse fields::field_rules_are_independent_of_fragmentation "$RETRY"
            skip test_strict_fields comments_and_known_fields_remain_valid_in_strict_mode "$RETRY"
            skip test_utf8 invalid_utf8_keeps_standard_library_error_details "$UTF8"
            ;;
    esac
}

skip() {
    echo "SKIPPED: $2 of $1: $3" >&2
    echo "--skip=$2"
}

# Folder, name and version of an original; more arguments of cargo.
run() {
    local folder=$1 name=$2 version=$3 original package=$scratch/$1
    shift 3
    echo "--- $name $version${*:+ ($*)}"
    if [ ! -d "$package" ]; then
        original=$(find_original "$name" "$version")
        mkdir -p "$package/src"
        touch "$package/src/lib.rs"
        cp -R "$original/tests" "$package/tests"
        {
            printf '[workspace]\n[package]\nname = "tests-of-%s"\nversion = "%s"\nedition = "2021"\n' "$name" "$version"
            printf '[dependencies.%s]\npath = "%s/patch/%s"\ndefault-features = false\n' "$name" "$here" "$folder"
            sed -n '/^\[features\]/,/^$/p' "patch/$folder/Cargo.toml" |
                sed -E "s/= \[\"(std|tracing|dep:tracing|eventwire).*/= []/" | own_features "$name"
            # All dependencies of the original, for tests or not.
            awk -v RS= '/^\[(dev-)?dependencies\./ && !/criterion/ && !/optional = true/ { print $0 "\n" }' \
                "$original/Cargo.toml" | without_tls
        } >"$package/Cargo.toml"
    fi
    local skips
    mapfile -t skips < <(skipped_of "$folder")
    cargo test --quiet --manifest-path "$package/Cargo.toml" --tests "$@" -- "${skips[@]}"
}

# The feature of the tests is that of the library.
own_features() {
    sed -E "/^[a-z]/ { /^default/! s|^([a-z0-9-]+) = .*|\1 = [\"$1/\1\"]| }"
}

without_tls() {
    awk '{ print } /^\[dev-dependencies\.reqwest\]/ { print "default-features = false" }'
}

find_original() {
    local project=$scratch/fetch-$1-$2
    mkdir -p "$project/src"
    touch "$project/src/lib.rs"
    printf '[workspace]\n[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n%s = "=%s"\n' \
        "$1" "$2" >"$project/Cargo.toml"
    cargo metadata --quiet --format-version 1 --manifest-path "$project/Cargo.toml" |
        tr '"' '\n' | grep "/$1-$2/Cargo.toml$" | head -n 1 | xargs dirname
}

run eventsource-stream eventsource-stream 0.2.3
run sse-stream-0.2 sse-stream 0.2.6
run sse-stream-0.3 sse-stream 0.3.0
run sse-stream-0.3 sse-stream 0.3.0 --no-default-features
run sse-stream-0.3 sse-stream 0.3.0 --features strict-fields,tracing
echo 'reqwest-eventsource 0.6.0 has no tests: see differential/tests'
