# The steps of `.ci/run`, one function each, in the order of the list there.
# They can use `$target`, the folder of everything built, and `$scratch`, which is removed at the end.

# --- Steps ------------------------------------------------------------------------------------------------

# The command of the README, word for word.
step_tests() {
    says_readme 'cargo test'
    cargo test
}

# What the features add, and the examples in their docs.
step_feature-tests() {
    cargo test --all-features --lib --test 'server*' --test client --test 'client_*' --test hub --test fuzz_ids --test lean --test pages --test types
    cargo test --all-features --doc -- adapters client default_keep_alive hub json _language_models _many_clients _migration Readme _recipes tokio
    # With an earlier reqwest, and over HTTP/2.
    cargo test --locked --manifest-path tests/reqwest_0_12/Cargo.toml
}

# A thousand killed connections, where `cargo test` kills a hundred; a thousand followers that are cut off; and every order in
# which threads may publish, follow, trim and close.
step_soak() {
    EVENTWIRE_SOAK_CUTS=1000 cargo test --release --test client_soak
    EVENTWIRE_SOAK_FOLLOWERS=1000 EVENTWIRE_SOAK_SECONDS=30 cargo test --release --features hub --test hub_soak
    cargo test --locked --manifest-path tests/interleavings/Cargo.toml
}

# Each framework serves, over real sockets.
step_adapters() {
    cargo test --locked --manifest-path examples/frameworks/Cargo.toml
    cargo clippy --locked --all-targets --manifest-path examples/frameworks/Cargo.toml -- -D warnings
}

# What no compiler checks; tests/floors.rs checks the imports of src/.
step_tidy() {
    local untidy=0
    none 'files of more than 750 lines (a type belongs in one file; above 700 lines, ask why)' \
        "$(find src -name '*.rs' -exec wc -l {} + | awk '$2 != "total" && $1 > 750')" || untidy=1
    none 'unfinished work' \
        "$(grep -rnE 'todo!|unimplemented!|FIXME|XXX|#\[ignore|```(rust,)?ignore' --include='*.rs' --include='*.md' \
            src tests examples benches fuzz *.md | grep -v '/target/')" || untidy=1
    return $untidy
}

step_fmt() {
    cargo fmt -- --check -l
    cargo fmt --manifest-path benches/answer/Cargo.toml -- --check -l
    cargo fmt --manifest-path benches/compare/Cargo.toml -- --check -l
    cargo fmt --manifest-path benches/hub/Cargo.toml -- --check -l
    cargo fmt --manifest-path tests/interleavings/Cargo.toml -- --check -l
    cargo fmt --manifest-path tests/reqwest_0_12/Cargo.toml -- --check -l
    cargo fmt --manifest-path benches/instructions/Cargo.toml -- --check -l
    cargo fmt --manifest-path benches/serve/Cargo.toml -- --check -l
    cargo fmt --manifest-path examples/frameworks/Cargo.toml -- --check -l
    cargo fmt --manifest-path examples/postgres/Cargo.toml -- --check -l
    cargo fmt --manifest-path examples/wasm/Cargo.toml -- --check -l
    cargo fmt --manifest-path examples/wasm_source/Cargo.toml -- --check -l
    cargo fmt --manifest-path fuzz/Cargo.toml -- --check -l
}

step_clippy() {
    cargo clippy --lib --all-features -- -D warnings
    # Only the library has to build with the oldest Rust.
    cargo clippy --all-targets --all-features -- -D warnings -A clippy::incompatible-msrv
}

step_docs() {
    RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --all-features
    # The links between private items too.
    RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --all-features --document-private-items
}

# Each feature alone, each with JSON, and none.
step_features() {
    local features feature
    features=$(cargo metadata --no-deps --format-version 1 |
        grep -o '"features":{[^}]*}' | sed 's/"features"://' | grep -o '"[^"]*":' | tr -d '":')
    [ -n "$features" ]
    cargo clippy --lib --no-default-features -- -D warnings
    for feature in $features; do
        echo "feature $feature"
        cargo clippy --lib --no-default-features --features "$feature" -- -D warnings
        # Many features add something for JSON.
        cargo clippy --lib --no-default-features --features "$feature,json" -- -D warnings
    done
}

step_no-std() {
    needs_target thumbv7em-none-eabi
    cargo build --lib --no-default-features --target thumbv7em-none-eabi
}

step_wasm() {
    needs_target wasm32-unknown-unknown
    cargo build --lib --target wasm32-unknown-unknown
    cargo build --lib --no-default-features --target wasm32-unknown-unknown
    # The decoder also runs there.
    local package=examples/wasm/Cargo.toml
    cargo clippy --locked --manifest-path $package --target wasm32-unknown-unknown -- -D warnings
    cargo build --release --locked --manifest-path $package --target wasm32-unknown-unknown
    # The step `clients` runs this one in a browser.
    package=examples/wasm_source/Cargo.toml
    cargo clippy --locked --manifest-path $package --target wasm32-unknown-unknown -- -D warnings
    command -v node >/dev/null || skip 'no node: the module was built, and not run'
    node examples/wasm/check.mjs "$target/wasm32-unknown-unknown/release/eventwire_wasm.wasm"
}

# The library alone: tests, examples and benches may use a newer Rust.
step_msrv() {
    local version
    version=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml).0
    needs_toolchain "$version"
    # The other features need a newer Rust for their dependencies.
    cargo "+$version" check --lib --locked --features hub,json,futures-io
    cargo "+$version" check --lib --locked
    cargo "+$version" check --lib --locked --no-default-features
    cargo "+$version" check --lib --locked --no-default-features --features stream,json
}

# The oldest versions that Cargo.toml allows are new enough.
step_minimal-versions() {
    local framework version frameworks
    needs_toolchain nightly
    mkdir "$scratch/minimal"
    cp -R Cargo.toml Cargo.lock build.rs ./*.md src tests benches examples fuzz "$scratch/minimal"
    cd "$scratch/minimal"
    rm -rf benches/compare/target examples/frameworks/target examples/postgres/target examples/wasm/target examples/wasm_source/target fuzz/target
    cp Cargo.toml whole.toml
    # The oldest frameworks, with new versions of what they share with the crate. Its tests may need newer ones.
    sed -i '/^\[dev-dependencies\]/,/^$/d' Cargo.toml
    # Each adapter's feature needs `server` and `tokio`, and names its framework last.
    frameworks=$(sed -n 's/^[a-z0-9-]* = \["server", "tokio".*"dep:\([a-z0-9_-]*\)"\]$/\1/p' Cargo.toml | paste -sd ' ')
    for framework in $frameworks reqwest; do
        version=$(sed -n "s/^$framework = { version = \"\([^\"]*\)\".*/\1/p" Cargo.toml)
        cargo update -q -p "$framework" --precise "$version"
    done
    cargo check --lib --all-features --locked
    # The oldest versions of the rest. Frameworks may need newer ones, and so do the tests, redis (of Tokio), and reqwest
    # (of futures-core).
    local newer="$frameworks redis reqwest"
    sed -E "/^(${newer// /|}) = |dep:(${newer// /|})\"/d; /^\[dev-dependencies\]/,/^$/d" whole.toml >Cargo.toml
    export CARGO_TARGET_DIR=$scratch/target
    cargo +nightly update -Z direct-minimal-versions
    cargo check --lib --all-features --locked
    cargo check --lib --no-default-features --locked
}

# The README's main command, word for word; tests/examples.rs drives the examples further.
step_readme() {
    local command='cargo run --release --example inspect -- examples/samples/recommendations.sse'
    says_readme "$command"
    $command
}

# Every snippet of the pages compiles in a new package that has the newest versions of what its `cargo add` lines add. Its
# result can change with any release of another crate.
step_snippets() {
    timeout 60 cargo update --dry-run --quiet || skip 'no registry'
    EVENTWIRE_FRESH_PACKAGES=pages timeout 1200 cargo test --test snippets -- --nocapture
}

# The examples that serve and those that read, over real connections.
step_petstore() {
    says examples/README.md 'cargo run --release --example petstore --features axum,hub'
    says examples/README.md 'cargo run --release --example tail --features reqwest -- http://127.0.0.1:3000/v1/inventory/stream'
    cargo test --features axum,hub,json,reqwest --test petstore --test reload --test server_tokio --test tail --test llm_tokens
}

# The hub over a Redis server, with provoked faults.
step_redis() {
    REDIS_SERVER=$(bring redis-server redis-server)
    [ -n "$REDIS_SERVER" ] || skip 'no redis-server'
    export REDIS_SERVER EVENTWIRE_NEEDS_REDIS=1
    cargo test --features axum,json,redis --test hub_redis --test petstore
}

# The same over PostgreSQL, which is an example.
step_postgres() {
    local programs
    programs=$(echo /usr/lib/postgresql/*/bin)
    [ -x "${programs%% *}/initdb" ] || bring initdb postgresql >"$scratch/postgres"
    programs=$(echo /usr/lib/postgresql/*/bin)
    [ -x "${programs%% *}/initdb" ] || [ -s "$scratch/postgres" ] || skip 'no PostgreSQL server'
    export EVENTWIRE_NEEDS_POSTGRES=1
    cargo test --locked --manifest-path examples/postgres/Cargo.toml
    cargo clippy --locked --all-targets --manifest-path examples/postgres/Cargo.toml -- -D warnings
}

# The same, and random events, through other programs, which are installed if they are missing.
step_clients() {
    local folder=$target/clients
    export CHROMIUM CURL NGINX NODE NODE_WITH_EVENT_SOURCE NODE_PATH PYTHON WASM_SOURCE
    CHROMIUM=$(bring chromium chromium)
    WASM_SOURCE=
    if [ -n "$CHROMIUM" ] && [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown)" ]; then
        cargo build --release --locked --manifest-path examples/wasm_source/Cargo.toml --target wasm32-unknown-unknown
        WASM_SOURCE=$target/wasm32-unknown-unknown/release/eventwire_wasm_source.wasm
    fi
    CURL=$(bring curl curl)
    NGINX=$(bring nginx nginx-light)
    NODE=$(bring node nodejs)
    NODE_WITH_EVENT_SOURCE=$NODE
    node --experimental-eventsource -e '' 2>/dev/null || NODE_WITH_EVENT_SOURCE=$(leave_out "Node's own EventSource")
    NODE_PATH=$folder/node_modules
    [ -n "$(bring npm npm)" ] && install_quietly npm install --prefix "$folder" eventsource@4.1.0 ||
        NODE_PATH=$(leave_out "npm's eventsource")
    PYTHON=$folder/python/bin/python
    [ -n "$(bring python3 python3-venv)" ] && install_quietly python3 -m venv "$folder/python" &&
        install_quietly "$PYTHON" -m pip install httpx==0.28.1 httpx-sse==0.4.3 || PYTHON=$(leave_out httpx-sse)
    [ -n "$CHROMIUM$CURL$NGINX$NODE_PATH$PYTHON" ] || skip 'no browser, no curl, no nginx, no node, no python3'
    # Not all at once: some are browsers.
    cargo test --features axum,hub --test clients -- --test-threads 2
}

# The shop and `tail` through real proxies, each with the configuration of docs/proxies.md.
step_proxies() {
    export NGINX HAPROXY CADDY APACHE VARNISH
    NGINX=$(bring nginx nginx-light)
    HAPROXY=$(bring haproxy haproxy)
    CADDY=$(bring caddy caddy)
    APACHE=$(bring apache2 apache2-bin)
    VARNISH=$(bring varnishd varnish)
    [ -n "$NGINX$HAPROXY$CADDY$APACHE$VARNISH" ] || skip 'no nginx, no HAProxy, no Caddy, no Apache, no Varnish'
    # Not all at once: each test starts six proxies, one after the other.
    cargo test --features axum,hub,json,reqwest --test proxies -- --test-threads 2
}

# MCP's own conformance suite, from npm.
step_mcp() {
    local status=0
    tests/mcp/conformance.sh || status=$?
    [ $status != $SKIP ] || skip "MCP's suite could not be installed"
    return $status
}

# The vectors and the reference parser are next to the repository, if they are there at all.
step_conformance() {
    local exam=../shared/vectors/exam.py driver=$target/release/examples/conformance
    [ -f $exam ] || skip "$exam is not there"
    command -v python3 >/dev/null || skip 'no python3'
    cargo build --release --example conformance
    python3 $exam ../shared/vectors/public.json -- "$driver"
    python3 $exam ../shared/vectors/public.json -- "$driver" --events
    python3 $exam --fuzz 20000 -- "$driver"
}

# With each way to find line ends; `tests` runs with the one that this machine selects.
step_scan() {
    local scan
    for scan in portable sse2; do
        echo "scan $scan"
        RUSTFLAGS="--cfg eventwire_scan=\"$scan\"" CARGO_TARGET_DIR=$target/scan \
            cargo test --lib --test spec --test properties --test fuzz_bodies
    done
}

# The scan of aarch64, in an emulator.
step_aarch64() {
    local arm=aarch64-unknown-linux-musl
    needs_target $arm
    bring qemu-aarch64 qemu-user >"$scratch/qemu"
    [ -s "$scratch/qemu" ] || skip 'no qemu-aarch64'
    cargo clippy --target $arm --lib -- -D warnings
    # The linker that comes with Rust, as no other one for aarch64 is installed.
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER=rust-lld \
        CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUNNER=$(cat "$scratch/qemu") \
        cargo test --target $arm --lib --test spec --test fuzz_bodies
}

# The drop-in packages, alone and compared with their originals. `compat/originals.sh` and `compat/dependents.sh` take longer,
# and are run by hand.
step_compat() {
    local package
    export EVENTWIRE_CORPUS=$PWD/../shared/corpus
    for package in compat/{eventsource-stream,reqwest-eventsource,sse-stream-0.2,sse-stream-0.3,differential}; do
        echo "package $package"
        cargo fmt --manifest-path $package/Cargo.toml -- --check -l
        cargo clippy --locked --all-targets --all-features --manifest-path $package/Cargo.toml -- -D warnings
        cargo test --locked --manifest-path $package/Cargo.toml
    done
    # As the originals, without `std`.
    cargo clippy --locked --no-default-features --manifest-path compat/eventsource-stream/Cargo.toml -- -D warnings
    # The manifests for `[patch]` find their sources.
    for package in compat/patch/*/Cargo.toml; do
        cargo metadata --format-version 1 --no-deps --manifest-path "$package" >/dev/null
    done
    cargo run --locked --manifest-path compat/differential/Cargo.toml
}

# Runs each once, as a test: nothing is timed.
step_benches() {
    cargo bench --bench '*' -- --test | tee "$scratch/benches"
    # A bench without `harness = false` does nothing, and succeeds.
    none 'benches that did not run' "$(grep 'running 0 tests' "$scratch/benches")"
}

# Over real connections; only without --quick are the figures meaningful.
step_serve() {
    cargo run --release --locked --manifest-path benches/serve/Cargo.toml -- --quick
}

# The client and gateways, also over real connections.
step_answer() {
    cargo run --release --locked --manifest-path benches/answer/Cargo.toml -- --quick
}

# If the compiler breaks up a vector loop, it is five times slower, and no other test fails.
step_instructions() {
    command -v valgrind >/dev/null || skip 'no valgrind'
    benches/instructions/count.sh
}

step_compare() {
    cargo run --release --locked --manifest-path benches/compare/Cargo.toml -- --quick
}

# Undefined behavior where `unsafe` is used: text, the scan, and the decoder above them.
step_miri() {
    needs_toolchain nightly
    cargo +nightly miri --version || install_quietly rustup component add --toolchain nightly miri rust-src ||
        skip 'no miri for this nightly'
    # Seeds are files.
    export MIRIFLAGS=-Zmiri-disable-isolation
    cargo +nightly miri test --lib -- text:: wire:: decode::
    cargo +nightly miri test --test fuzz_bodies the_saved_seeds_pass
}

# Briefly, to check that the targets build, run, and find nothing.
step_fuzz() {
    local fuzz_target
    needs_toolchain nightly
    cargo +nightly fuzz --version || install_quietly cargo install --locked cargo-fuzz --version 0.13.2 ||
        skip 'no cargo-fuzz'
    # Without a sanitizer, for the reasons in fuzz/README.md.
    local found=$scratch/found broken=0
    cargo +nightly fuzz build -s none
    for fuzz_target in $(cargo +nightly fuzz list); do
        echo "fuzz target $fuzz_target"
        mkdir -p "$found/$fuzz_target"
        cargo +nightly fuzz run -s none "$fuzz_target" "$found/$fuzz_target" "tests/seeds/$fuzz_target" -- \
            -dict=fuzz/event-stream.dict -max_len=256 -max_total_time=12 -verbosity=0 -print_final_stats=1 ||
            broken=1
    done
    return $broken
}

# The published package builds and passes its tests, without the rest of the repository.
step_package() {
    rm -rf "$target/package"
    cargo package --no-verify --allow-dirty
    # Cargo treats two copies of a package as the same one, so they must not share a target folder.
    export CARGO_TARGET_DIR=$scratch/target
    tar -xzf "$target"/package/*.crate -C "$scratch"
    cd "$scratch"/eventwire-*
    cargo test --locked
}

# --- Helpers ----------------------------------------------------------------------------------------------

SKIP=77

# Ends the step: this machine cannot run it.
skip() {
    echo "SKIPPED: $*"
    echo "$*" >"$scratch/why"
    exit $SKIP
}

# Fails if there are lines.
none() {
    [ -z "$2" ] || {
        printf '%s:\n%s\n' "$1" "$2"
        return 1
    }
}

says_readme() {
    says README.md "$1"
}

says() {
    grep -qxF "$2" "$1" || {
        echo "expected this line in $1: $2"
        return 1
    }
}

# With a time limit: without a network, the command may hang.
install_quietly() {
    command -v "$1" >/dev/null && timeout 600 "$@" >"$scratch/install" 2>&1 || {
        tail -n 3 "$scratch/install" 2>/dev/null
        return 1
    }
}

# Prints the path of a program; installs its Debian package if it is missing.
bring() {
    # Some programs are for administrators.
    local PATH=$PATH:/usr/sbin
    command -v "$1" && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        install_quietly apt-get update >&2
        DEBIAN_FRONTEND=noninteractive install_quietly apt-get install -y --no-install-recommends "$2" >&2
        command -v "$1" && return
    fi
    leave_out "$1"
}

# Prints nothing to standard output, but a note to standard error.
leave_out() {
    echo "LEFT OUT: $1 is missing, and could not be installed" >&2
}

needs_toolchain() {
    timeout 600 cargo "+$1" --version 2>/dev/null || install_quietly rustup toolchain install "$1" --profile minimal ||
        skip "no toolchain $1, and it could not be installed"
}

needs_target() {
    [ -d "$(rustc --print target-libdir --target "$1")" ] || install_quietly rustup target add "$1" ||
        skip "no target $1, and it could not be installed"
}
