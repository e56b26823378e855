#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A runtime that is killed at any moment leaves what "gc" can take away, and nothing else.
load ../lib/common
load ../lib/snapshot

CYCLES=${CYCLES:-1000} KILLS=${KILLS:-200} LIMIT=${LIMIT:-600}

@test "faults: $CYCLES cycles, the runtime killed in $KILLS of them, then gc: nothing is left" {
	requires agentrun
	mkdir -p "$ROOT"
	payload pause
	config 'del(.linux.cgroupsPath)'
	snapshot "$ROOT" cycle- >"$T/before"
	read -ra ra <<<"$RUNTIME_ARGS"
	status=0
	output=$(timeout $((LIMIT + 60)) "$AGENTRUN_BUILD/tests/faults/cycle" "$RUNTIME" "$B" "$ROOT" \
		"$CYCLES" "$KILLS" "$LIMIT" "${ra[@]}" 2>&1 3>&- 4>&-) || status=$?
	assert_status 0
	mentions "^cycles=$CYCLES$"
	echo "$output" >&2
	rt gc
	assert_status 0
	# What was committed before the murder is a container that its engine may still ask for,
	# and gc leaves it alone. The engine's answer is delete --force; it must be enough.
	delete_committed
	snapshot_is_as_before || {
		diff "$T/before" "$T/after" | head -40
		false
	}
}

delete_committed() {
	local id
	rt list -q
	for id in $output; do
		rt state "$id"
		[[ $(jq -r .status <<<"$output") =~ ^(created|running|stopped)$ ]] || fail "gc left $id"
		rt delete --force "$id"
		assert_status 0
	done
}

# An init that was just killed may take a moment to vanish.
snapshot_is_as_before() {
	local end=$((SECONDS + 10))
	until snapshot "$ROOT" cycle- >"$T/after" && cmp -s "$T/before" "$T/after"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.5
	done
}

@test "faults: gc leaves a living container alone" {
	requires agentrun
	launch pause
	rt gc
	assert_status 0
	is_status running
	in_container echo hi
	says hi
}

@test "faults: gc takes a half-written state directory" {
	requires agentrun
	mkdir -p -m 700 "$ROOT/half"
	printf '{"id":' >"$ROOT/half/state.json"
	rt gc
	assert_status 0
	[ ! -e "$ROOT/half" ]
}

@test "faults: delete --force after a kill at each step of create" {
	requires agentrun
	local delay pid
	payload pause
	for delay in 01 02 03 04 06 08 10 15 20; do
		"$RUNTIME" --class none --root "$ROOT" create -b "$B" "$ID" >/dev/null 2>&1 3>&- &
		pid=$!
		sleep "0.0$delay"
		kill -9 $pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
		rt delete --force "$ID"
		assert_status 0
		residue
	done
}
