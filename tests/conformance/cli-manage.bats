#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Command-line contract: kill (3.5), delete (3.6), the rest (3.7), documents (9), update (13).
load ../lib/common

stop() {
	kill -9 "$(init_pid)"
	wait_until is_status stopped
}

@test "cli 3.5 kill: the default is SIGTERM" {
	launch trap 0
	wait_until file_says "$T/out" ready
	rt kill "$ID"
	assert_status 0
	wait_until file_says "$T/out" signal=15
}

@test "cli 3.5 kill: names with and without SIG, and numbers" {
	local s
	launch trap 0
	wait_until file_says "$T/out" ready
	for s in HUP:1 SIGINT:2 USR1:10 SIGUSR2:12 3:3 WINCH:28; do
		rt kill "$ID" "${s%:*}"
		assert_status 0
		wait_until file_says "$T/out" "signal=${s#*:}\$"
	done
}

@test "cli 3.5 kill: names in any case, RTMIN+n, RTMAX-n" {
	requires agentrun
	local s
	launch trap 0
	wait_until file_says "$T/out" ready
	for s in usr1:10 sigHup:1 RTMIN:34 SIGRTMIN+3:37 rtmax-1:63 64:64; do
		rt kill "$ID" "${s%:*}"
		assert_status 0
		wait_until file_says "$T/out" "signal=${s#*:}\$"
	done
}

@test "cli 3.5 kill: what is no signal is an error" {
	local s
	launch pause
	for s in NOSUCH 65 -1 9x "" SIG; do
		rt kill "$ID" "$s"
		assert_failure
	done
	is_status running
}

@test "cli 3.5 kill: a stopped container is an error that engines take for done" {
	launch pause
	stop
	rt kill "$ID" KILL
	assert_status 1
	complains 'not running|no such process|already finished'
	requires agentrun
	complains 'container not running: no such process'
}

@test "cli 3.5 kill --all: every process of the container" {
	without_ns pid
	launch orphans 3 -- pause
	rt kill --all "$ID" KILL
	assert_status 0
	wait_until is_status stopped
	wait_until bash -c "! grep -qs . $(cg_file cgroup.procs)"
}

@test "cli 3.5 kill --all: of a stopped container is no error, left-over processes die" {
	requires agentrun
	without_ns pid
	launch orphans 2 -- pause
	stop
	grep -q . "$(cg_file cgroup.procs)"
	rt kill -a "$ID" KILL
	assert_status 0
	wait_until bash -c "! grep -qs . $(cg_file cgroup.procs)"
	rt kill --all "$ID" 9
	assert_status 0
}

@test "cli 3.5 kill: SIGKILL reaches a paused container" {
	requires freezer
	launch pause
	rt pause "$ID"
	rt kill "$ID" KILL
	assert_status 0
	wait_until init_gone
}

@test "cli 3.6 delete: of a stopped container" {
	launch pause
	stop
	rt delete "$ID"
	assert_status 0
	rt state "$ID"
	assert_failure
}

@test "cli 3.6 delete: of a created one kills it" {
	payload pause
	create
	rt delete "$ID"
	if [ "$status" = 0 ]; then wait_until init_gone; else
		requires agentrun
		assert_status 0
	fi
}

@test "cli 3.6 delete: of a running or paused one is an error" {
	launch pause
	rt delete "$ID"
	assert_failure
	is_status running
	requires agentrun
	complains "cannot delete container \"$ID\" that is not stopped: running"
	requires freezer
	rt pause "$ID"
	rt delete "$ID"
	assert_status 1
	complains "that is not stopped: paused"
}

@test "cli 3.6 delete --force: kills everything first" {
	launch ignore
	rt delete --force "$ID"
	assert_status 0
	init_gone
	residue
}

@test "cli 3.6 delete --force: of a paused container" {
	requires freezer
	launch ignore
	rt pause "$ID"
	rt delete -f "$ID"
	assert_status 0
	init_gone
}

@test "cli 3.6 delete --force: processes that outlived init without a pid namespace" {
	without_ns pid
	launch orphans 3 -- pause
	rt delete --force "$ID"
	assert_status 0
	residue
}

@test "cli 3.6 delete --force: of an unknown ID exits 0" {
	rt delete --force nosuch
	assert_status 0
}

@test "cli 3.6 delete: of an unknown ID says 'does not exist'" {
	rt delete nosuch
	assert_status 1
	complains 'does not exist'
}

@test "cli 3.6 delete --force: of a state directory without a readable state" {
	requires agentrun
	mkdir -p "$ROOT/broken" "$ROOT/half"
	chmod 700 "$ROOT/broken" "$ROOT/half"
	echo '{"id": "half", "pid"' >"$ROOT/half/state"
	rt delete broken
	assert_failure
	rt delete --force broken
	assert_status 0
	[ ! -e "$ROOT/broken" ]
	rt delete --force half
	assert_status 0
	[ ! -e "$ROOT/half" ]
}

@test "cli 3.6 delete: poststop hooks run afterwards; their failure is a warning" {
	printf '#!/bin/sh\ncat >%s/post\nexit 1\n' "$T" >"$T/hook"
	chmod 755 "$T/hook"
	config --arg p "$T/hook" '.hooks.poststop = [{path: $p}]'
	launch pause
	stop
	rt delete "$ID"
	assert_status 0
	equal "$(jq -r .status "$T/post")" stopped
}

@test "cli 3.7 list: a table, JSON, IDs" {
	rt list -f json
	assert_status 0
	json '. == null or . == []'
	launch pause
	rt list
	assert_status 0
	mentions "^ID +PID +STATUS +BUNDLE +CREATED +OWNER"
	mentions "^$ID +$(init_pid) +running +$B +"
	rt list -q
	says "$ID"
	equal "$(wc -l <<<"$output")" 1
	rt list --format json
	json "length == 1 and .[0].id == \"$ID\" and .[0].status == \"running\" and .[0].pid == $(init_pid)"
}

@test "cli 3.7 list: an unreadable entry is a warning, the others are shown" {
	requires agentrun
	launch pause
	mkdir "$ROOT/broken"
	rt list -q
	assert_status 0
	says "$ID"
	complains broken
	rm -r "$ROOT/broken"
}

@test "cli 9.1 state: the keys and their types" {
	config '.annotations = {"org.example.key": "value"}'
	launch pause
	rt state "$ID"
	assert_status 0
	json ".id == \"$ID\" and .pid == $(init_pid) and .status == \"running\" and .bundle == \"$B\""
	json '.ociVersion | test("^1\\.")'
	json ".rootfs == \"$B/rootfs\""
	json '.annotations["org.example.key"] == "value"'
	json '.created | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?Z$")'
}

@test "cli 9.1 state: without annotations there is no key, or an empty object" {
	launch pause
	rt state "$ID"
	json '.annotations == null or .annotations == {}'
}

@test "cli 9.1 state: pid 0 when stopped" {
	launch pause
	stop
	rt state "$ID"
	json '.pid == 0 and .status == "stopped"'
}

@test "cli 9.1 state: paused" {
	requires freezer
	launch pause
	rt pause "$ID"
	is_status paused
	rt resume "$ID"
	is_status running
}

@test "cli 3.7 pause, resume: of the wrong state are errors" {
	requires freezer
	payload pause
	rt resume nosuch
	assert_failure
	launch pause
	rt resume "$ID"
	assert_failure
	complains 'not paused'
	stop
	rt pause "$ID"
	assert_failure
	complains 'not running|stopped'
}

@test "cli 3.7 pause: nothing moves until resume" {
	requires freezer
	launch trap 0
	wait_until file_says "$T/out" ready
	rt pause "$ID"
	assert_status 0
	rt kill "$ID" USR1
	sleep 0.3
	never grep -q signal=10 "$T/out"
	rt resume "$ID"
	wait_until file_says "$T/out" signal=10
}

@test "cli 9.3 ps --format json: all host pids of the container" {
	launch spawn -- pause
	wait_until file_says "$T/out" child=
	rt ps --format json "$ID"
	assert_status 0
	json "length == 2 and index($(init_pid)) != null"
}

@test "cli 3.7 ps: a table with a PID column, of this container alone" {
	launch pause
	rt ps "$ID"
	assert_status 0
	mentions "^UID +PID "
	mentions " $(init_pid) "
	equal "$(wc -l <<<"$output")" 2
	rt ps -f table "$ID" -o pid,comm -e
	assert_status 0
	mentions "^ *PID COMMAND"
	equal "$(wc -l <<<"$output")" 2
	requires agentrun
	rt ps "$ID" -e -o comm
	assert_failure
	complains PID
}

@test "cli 3.7 spec: writes config.json, refuses to overwrite" {
	mkdir "$T/new"
	# shellcheck disable=SC2086
	(cd "$T/new" && "$RUNTIME" $RUNTIME_ARGS spec)
	jq -e '.ociVersion and .process.args and .root.path and .linux.namespaces' "$T/new/config.json" >/dev/null
	cp "$T/new/config.json" "$T/before"
	rt spec -b "$T/new"
	assert_failure
	cmp "$T/before" "$T/new/config.json"
}

@test "cli 3.7 spec: what it writes can be run" {
	mkdir "$T/new"
	rt spec -b "$T/new"
	assert_status 0
	jq '.process.terminal = false | .process.args = ["/probe", "echo", "alive"]' "$T/new/config.json" >"$T/c"
	cp "$T/c" "$B/config.json"
	rt run -b "$B" "$ID"
	assert_status 0
	says alive
}

@test "cli 3.7 spec --rootless, --config" {
	requires agentrun
	rt spec -b "$T" --rootless --config r.json
	assert_status 0
	output=$(<"$T/r.json")
	json '[.linux.namespaces[].type] | index("user") != null and index("network") == null'
	json '.linux.uidMappings | length == 1'
}

@test "cli 9.4 events --stats: one object" {
	requires agentrun memory
	launch pause
	rt events --stats "$ID"
	assert_status 0
	json ".type == \"stats\" and .id == \"$ID\""
	json '.data.cpu.usage.total >= 0 and .data.memory.usage.usage > 0 and .data.pids.current >= 1'
	equal "$(jq -s length <<<"$output")" 1
}

@test "cli 9.4 events: a stream that ends with the container" {
	requires agentrun memory
	launch pause
	background timeout 20 "$RUNTIME" --class none --root "$ROOT" events --interval 100ms "$ID" >"$T/events" 2>&1
	wait_until bash -c "[ \$(wc -l <'$T/events') -ge 3 ]"
	equal "$(jq -r .type "$T/events" | sort -u)" stats
}

@test "cli 9.4 events: an out-of-memory kill is told when it happens" {
	requires agentrun memory
	config '.linux.resources.memory = {limit: 20000000}'
	payload memory 100
	create
	background timeout 20 "$RUNTIME" --class none --root "$ROOT" events --interval 5s "$ID" >"$T/events" 2>&1
	sleep 0.3
	rt start "$ID"
	wait_until file_says "$T/events" '"type":"oom"'
}

@test "cli 9.4 events: of a stopped container" {
	launch pause
	stop
	rt events --stats "$ID"
	assert_failure
	requires agentrun
	complains "container with id $ID is not running"
}

@test "cli 13 update: single options" {
	requires pids memory cpu
	launch pause
	rt update --pids-limit 55 --memory 67108864 --cpu-quota 50000 --cpu-period 100000 "$ID"
	assert_status 0
	equal "$(cg_value pids.max)" 55
	if has_cgroup_v2; then
		equal "$(cg_value memory.max)" 67108864
		equal "$(cg_value cpu.max)" "50000 100000"
	else
		equal "$(cg_value memory.limit_in_bytes)" 67108864
		equal "$(cg_value cpu.cfs_quota_us)" 50000
	fi
}

@test "cli 13 update --resources=FILE" {
	requires pids
	launch pause
	echo '{"pids": {"limit": 44}}' >"$T/r.json"
	rt update --resources="$T/r.json" "$ID"
	assert_status 0
	equal "$(cg_value pids.max)" 44
}

@test "cli 13 update --resources=- and --resources -: standard input" {
	requires pids
	launch pause
	# shellcheck disable=SC2086
	echo '{"pids": {"limit": 33}}' | "$RUNTIME" $RUNTIME_ARGS --root "$ROOT" update --resources=- "$ID"
	equal "$(cg_value pids.max)" 33
	# shellcheck disable=SC2086
	echo '{"pids": {"limit": 34}}' | "$RUNTIME" $RUNTIME_ARGS --root "$ROOT" update --resources - "$ID"
	equal "$(cg_value pids.max)" 34
	# shellcheck disable=SC2086
	echo '{"pids": {"limit": 35}}' | "$RUNTIME" $RUNTIME_ARGS --root "$ROOT" update -r - "$ID"
	equal "$(cg_value pids.max)" 35
}

@test "cli 13 update: what is absent is left alone" {
	requires pids memory
	config '.linux.resources.pids = {limit: 77} | .linux.resources.memory = {limit: 134217728}'
	launch pause
	rt update --memory 67108864 "$ID"
	assert_status 0
	equal "$(cg_value pids.max)" 77
	echo '{}' >"$T/r.json"
	rt update -r "$T/r.json" "$ID"
	assert_status 0
	equal "$(cg_value pids.max)" 77
}

@test "cli 13 update: --memory-swap -1, --kernel-memory with a warning, options behind the ID" {
	requires agentrun pids
	launch pause
	rt update --kernel-memory 1000000 --kernel-memory-tcp 1000000 "$ID"
	assert_status 0
	complains "kernel-memory"
	rt update "$ID" --pids-limit 22
	assert_status 0
	equal "$(cg_value pids.max)" 22
	rt update --pids-limit -1 "$ID"
	assert_status 0
	equal "$(cg_value pids.max)" max
}

@test "cli 13 update: what is wrong is refused and changes nothing" {
	requires pids
	launch pause
	rt update --pids-limit 50 "$ID"
	rt update --pids-limit 1x "$ID"
	assert_failure
	rt update --cpu-period abc "$ID"
	assert_failure
	echo '{"pids": {"limit": "x"}}' >"$T/r.json"
	rt update -r "$T/r.json" "$ID"
	assert_failure
	echo '{' >"$T/r.json"
	rt update -r "$T/r.json" "$ID"
	assert_failure
	rt update -r "$T/none.json" "$ID"
	assert_failure
	equal "$(cg_value pids.max)" 50
}

@test "cli 13 update: a stopped container is an error" {
	requires pids
	launch pause
	stop
	rt update --pids-limit 50 "$ID"
	assert_failure
}

@test "cli 13 update: exec keeps working, and the new limit counts for it" {
	requires pids
	launch pause
	rt update --pids-limit 2 "$ID"
	rt exec "$ID" /probe spawn
	[ "$status" != 0 ] || says "child=-1"
	rt update --pids-limit 20 "$ID"
	rt exec "$ID" /probe true
	assert_status 0
}

@test "cli 3.7 gc: of a healthy state root removes nothing" {
	requires agentrun
	launch pause
	rt gc
	assert_status 0
	is_status running
	in_container echo hi
}
