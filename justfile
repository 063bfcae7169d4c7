# What is done often. `just` lists it.

default:
    @just --list

# the console on the embedded backend
demo *args:
    cargo run -- demo {{args}}

# all tests
test:
    cargo test --locked

# all checks, as before a release
ci:
    bash .ci/run

# write snapshots, schemas, tables and pictures anew; look at the diff before committing it
bless:
    KEYRACK_BLESS=1 INSTA_UPDATE=always cargo test --locked --no-fail-fast
    cargo test --locked

# update, filter, sort, draw and decode at several lengths; then the real binary on a pseudo-terminal
bench:
    cargo bench --bench console
    cargo bench --bench pty
