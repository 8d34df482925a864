#!/usr/bin/env bash
# A build in nested calls, then a deployment whose uploader is killed: nothing but bash, jq and the ledger command.
set -euo pipefail

command -v jq >/dev/null || { echo 'This needs jq (Debian package: jq).' >&2; exit 2; }

# The command: $LEDGER (words, as in LEDGER='dotnet exec Ledger.Cli.dll'), else the installed one, else this checkout's.
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
if [ -n "${LEDGER:-}" ]; then
    read -ra ledger <<<"$LEDGER"
elif command -v ledger >/dev/null; then
    ledger=(ledger)
else
    dotnet build "$here/../../src/Cli" -nologo -v q >&2
    ledger=(dotnet run --no-build --project "$here/../../src/Cli" --)
fi

work=$(mktemp -d)
export LEDGER_PATH=$work/ledger
finish() {
    local running
    running=$(jobs -pr)
    # shellcheck disable=SC2086 # one word for each process
    [ -z "$running" ] || kill $running || true
    wait
    rm -rf -- "$work"
}
trap finish EXIT

failed=0
title() { printf '\n%s\n' "$1"; }
check() {
    if "${@:2}"; then printf '  ok  %s\n' "$1"; else printf '  NO  %s\n' "$1"; failed=1; fi
}
# Also if it has ended and its new parent, whoever that is, has not asked for it yet.
is_gone() { ! grep -q '^State:[[:space:]]*[RSDTtI]' "/proc/$1/status" 2>/dev/null; }
# Asks about an operation's state with a jq filter.
ask() { "${ledger[@]}" show "$1" --json | jq -r "$2"; }
# Waits for a background job; its exit code is in $code. The shell's own word on a killed one would only disturb.
end_of() { code=0; { wait "$1"; } 2>/dev/null || code=$?; }

title 'A build: one call within another'
# shellcheck disable=SC2016 # expanded by the inner shell
"${ledger[@]}" run --operation build --create --name build -- \
    "${ledger[@]}" run --name compile --temp "$work/objects" -- \
    bash -c 'mkdir "$1" && echo code >"$1/main.o" && cp "$1/main.o" "$2" &&
        echo "      compiled by $LEDGER_PARTICIPANT in operation $LEDGER_OPERATION"' \
    _ "$work/objects" "$work/program"
check 'the program is there' test -s "$work/program"
check 'its temporary directory is not' test ! -e "$work/objects"
check 'the operation completed' test "$(ask build .state)" = completed

title 'A deployment: its uploader is started by somebody else, and killed'
mkfifo "$work/ready"
exec {ready}<>"$work/ready"
# shellcheck disable=SC2016
"${ledger[@]}" run --operation deploy --create --name deploy --call deploy --grace 1s \
    --on-cleanup "echo \"rolled back \$LEDGER_ENDED_OPERATION\" >'$work/rollback'" -- \
    bash -c 'echo "$$" >"$1"; exec sleep 600' _ "$work/ready" &
deploy=$!
read -r -t 60 -u "$ready" command
# shellcheck disable=SC2016
"${ledger[@]}" run --operation deploy --caller deploy --name upload --call upload --temp "$work/half" -- \
    bash -c 'mkdir "$1"; echo half >"$1/file"; echo "$$ $PPID" >"$2"; exec sleep 600' _ "$work/half" "$work/ready" &
upload=$!
read -r -t 60 -u "$ready" uploading wrapper
ask deploy '.stack[] | "      \(.callId): \(.state), process \(.liveness)"'
"${ledger[@]}" wait deploy --for cleanup --timeout 60s >/dev/null &
watcher=$!

echo "      kill -9 $wrapper (ledger run of the uploader)"
kill -9 "$wrapper"
end_of "$watcher"
check 'who waited for cleanup was told' test "$code" = 0
end_of "$upload"
end_of "$deploy"
check 'the deployment was stopped, with exit code 75' test "$code" = 75
check 'it rolled back what it had done' grep -q '^rolled back deploy$' "$work/rollback"
check "the uploader's own command is gone, too" is_gone "$uploading"
check 'and so is the half file it left' test ! -e "$work/half"
check 'the deploying command is gone' is_gone "$command"
check 'the operation failed' test "$(ask deploy .state)" = failed
ask deploy '"      because: \(.cause.type) (\(.cause.callId)): \(.cause.reason)"'

exit "$failed"
