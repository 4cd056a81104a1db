# Shows the recipes.
default:
    @just --list

# Everything that must pass before a change is taken.
ci:
    .ci/run

# All tests.
test:
    cargo test

# Format and lints, as ci wants them.
lint:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings

# Licences, advisories and bans of the dependencies (needs cargo-deny).
deny:
    cargo deny check

# Write generated pages and expected files anew (docs/errors.md, docs/format.schema.json, samples); then read the difference.
bless:
    BORDEREAU_BLESS=1 cargo test --test it
    git diff --stat

# docs/errors.md alone.
errors-page:
    BORDEREAU_BLESS=1 cargo test --test it errors_page

# Every fuzz target for so many seconds, or those that are named (needs nightly Rust and cargo-fuzz).
fuzz seconds="60" targets="encodings chunks table guess convert catalogue formats workbook tree agora unpack import":
    fuzz/seeds.sh
    for target in {{targets}}; do cargo +nightly fuzz run --sanitizer none "$target" -- -max_total_time={{seconds}} -max_len=8192 -rss_limit_mb=2048 -timeout=20 || exit 1; done

# Every fault of docs/reliability.md, all of each kind, and what became of them in numbers (needs strace, unshare, setpriv; an hour).
faults:
    #!/usr/bin/env bash
    set -uo pipefail
    mkdir -p target
    cargo build --quiet --examples
    BORDEREAU_FAULTS=full cargo test --test faults -- --nocapture 2>&1 | tee target/faults.log | grep -E '^(test |fault |passed over)'
    ended=$?
    awk '/^fault /{p+=$3; s+=$5; l+=$7; d+=$10} END{printf "%d faults planted, %d survived, %d bytes lost, %d doubled\n", p, s, l, d}' target/faults.log
    exit $ended

# Drops files at random, kills and begins a watch again for so many minutes, and judges what is left.
soak minutes="30" seed="30":
    BORDEREAU_SOAK={{minutes}} BORDEREAU_SEED={{seed}} cargo test --test faults soak -- --nocapture

# Criterion: each stage, then whole imports.
# Criterion: each stage, then whole imports and whole jobs.
bench:
    cargo bench --bench stages
    cargo bench --bench end_to_end
    cargo bench --bench jobs
    cargo bench --bench work_orders

# Instructions of one import beside those noted (needs Valgrind); `just instructions bless` notes them anew.
instructions what="check":
    cargo bench --quiet --profile counted --bench instructions -- {{what}}

# The tables of docs/performance.md: the program beside other tools, and the picture (Python 3.9 or later, network, 2 GB in
# target/bench). `just bench-peers large` also takes five million lines, `just bench-peers quick` a tenth of everything.
bench-peers what="all" seed="20260301" rounds="5":
    test -x target/bench/venv/bin/python || python3 -m venv target/bench/venv
    target/bench/venv/bin/pip install --quiet duckdb polars pandas pyarrow openpyxl python-calamine
    cargo build --release
    target/bench/venv/bin/python benches/workload/table.py target/bench --program "${CARGO_TARGET_DIR:-target}/release/bordereau" --size {{what}} --seed "{{seed}}" --rounds {{rounds}}
