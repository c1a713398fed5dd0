#!/bin/bash
# Memory safety, slowly: run after changes to `runtime/src/heap` or `runtime/src/vm`. About ten minutes on two cores.
#
# First every case with a collection of cycles at every chance, but for those of `bad_input`: what they make is so large that
# looking through it that often takes hours. Then all of them in a build for AddressSanitizer, and again with many collections.
# `sanitize.sh PROGRAM...` makes that build run programs of yours instead.
set -euo pipefail
cd "$(dirname "$0")/.."

target=x86_64-unknown-linux-gnu
build=(--target $target --target-dir target/asan --features system-allocator)
sanitized() { RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address "$@"; }
# Leaks: the end of the process frees what the main interpreter holds. Stack: one that the sanitizer moves to the heap cannot be measured.
# Reports go to files: a child on a stack of ours (`host/spawn.rs`) makes it warn, which is no output of the program.
export ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=0:allocator_may_return_null=1:log_path=$PWD/target/asan/report

if [ $# -gt 0 ]; then
    sanitized cargo build -p ouro "${build[@]}"
    for program in "$@"; do
        OURO_GC_STRESS=100 "target/asan/$target/debug/ouro" "$program"
    done
    exit
fi
OURO_CASE=-bad_input,cases/http,cases/mcp,cases/multiprocessing,cases/packages OURO_GC_STRESS=1 cargo test -p ouro --test scripts cases
# What was freed is kept for a while there, so that memory says nothing.
OURO_CASE=-interpreters/memory,nothing_is_left sanitized cargo test -p ouro --test scripts "${build[@]}"
OURO_CASE=-bad_input,interpreters/memory,nothing_is_left OURO_GC_STRESS=100 sanitized cargo test -p ouro --test scripts "${build[@]}"
