#!/bin/sh
# Runs the cases of threads and interpreters many times (1000, or as often as the argument says), with a switch of threads at every chance.
# The first difference ends it, with what the last run printed.
set -u
times=${1:-1000}
cd "$(dirname "$0")/.." || exit
log=target/races.log
export OURO_SWITCH_STRESS=1
cargo test -q -p ouro --test scripts --no-run || exit
for number in $(seq "$times"); do
    for folder in threads/ interpreters/; do
        if ! OURO_CASE=$folder env --default-signal=INT,QUIT cargo test -q -p ouro --test scripts cases >"$log" 2>&1; then
            echo "run $number of $folder:"
            cat "$log"
            exit 1
        fi
    done
done
echo "$times runs without a difference"
