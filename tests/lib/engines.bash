# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
#
# tests/lib/engines.bash - tests through a real engine that contrib/engines.sh has brought up

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
AGENTRUN_BUILD=${AGENTRUN_BUILD:-$TOP/build}
RECVFD=$AGENTRUN_BUILD/tests/probe/recvfd
ENGINES=/var/tmp/agentrun-engines
RUNTIME_KIND=$(basename "${RUNTIME:-agentrun}")
IMAGE=localhost/probe
ENGINE_TIMEOUT=${ENGINE_TIMEOUT:-60}
# shellcheck source=tests/lib/assert.bash
. "$TOP/tests/lib/assert.bash"
# shellcheck source=tests/lib/requires.bash
. "$TOP/tests/lib/requires.bash"

setup() { engines_begin; }
engines_begin() {
	T=$(mktemp -d /var/tmp/agentrun-engine-test.XXXXXX)
	chmod 755 "$T"
	C=t-${T##*.}
	C=${C,,}
	BG=()
	# conmon leaves a file named "oom" where it was started
	cd "$T" || return 1
}

teardown() {
	local p
	for p in "${BG[@]}"; do kill "$p" 2>/dev/null || true; done
	if declare -F engine_cleanup >/dev/null; then engine_cleanup >/dev/null 2>&1 || true; fi
	cd /
	rm -rf --one-file-system "$T"
}

# engine ARG...: $ENGINE with $status, $output, $stderr; each test file sets ENGINE
engine() {
	status=0
	timeout -k 5 "$ENGINE_TIMEOUT" "$ENGINES/bin/$ENGINE" "$@" \
		>"$T/stdout" 2>"$T/stderr" <"${STDIN:-/dev/null}" 3>&- 4>&- || status=$?
	output=$(tr -d '\r' <"$T/stdout")
	stderr=$(<"$T/stderr")
}
# the same, and it must succeed
ok() {
	engine "$@"
	assert_status 0
}
probe() { # OPTION... -- VERB...: a run of the probe that must succeed
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	ok run --rm "${options[@]}" "$IMAGE" /probe "$@"
}
detached() { # OPTION...: a container named $C that waits
	ok run -d --name "$C" "$@" "$IMAGE"
}
in_container() {
	ok exec "$C" /probe "$@"
}
container_is() { [ "$("$ENGINES/bin/$ENGINE" inspect -f '{{.State.Status}}' "$1" 2>/dev/null)" = "$2" ]; }
container_pid() { "$ENGINES/bin/$ENGINE" inspect -f '{{.State.Pid}}' "$C"; }
wait_until() {
	local end=$((SECONDS + 20))
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || fail "waited in vain for: $*"
		sleep 0.05
	done
}
# on_terminal COMMAND...: run with a terminal of 30 by 90 on standard input and output
on_terminal() {
	output=$(script -qec "stty rows 30 cols 90; $(printf '%q ' "$@")" /dev/null < <(sleep 5) | tr -d '\r')
}
