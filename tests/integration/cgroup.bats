#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The container's cgroup: where it is, who is in it, and that nothing of it stays.
load ../lib/common

# everywhere PID PATH: the process is at PATH in each hierarchy that is mounted
everywhere() {
	local line n=0
	while IFS= read -r line; do
		n=$((n + 1))
		equal "${line#*:*:}" "$2" "$line"
	done < <(mounted_lines "$1")
	[ "$n" -gt 0 ] || fail "process $1 is in no cgroup"
}
# lines of /proc/PID/cgroup whose hierarchy /sys/fs/cgroup shows
mounted_lines() {
	local line names
	while IFS= read -r line; do
		names=${line#*:}
		names=${names%%:*}
		if [ -z "$names" ]; then
			{ has_cgroup_v2 || [ -e /sys/fs/cgroup/unified/cgroup.procs ]; } && echo "$line"
		elif ! has_cgroup_v2 && [ -d "/sys/fs/cgroup/${names#name=}" ]; then
			echo "$line"
		fi
	done <"/proc/$1/cgroup"
	true
}
top_dir() { cgroup_dirs | head -1; }
any_mount() { if has_cgroup_v2; then echo /sys/fs/cgroup; else echo /sys/fs/cgroup/freezer; fi; }

@test "cgroup: init and exec are in every hierarchy, cgroup2 of a hybrid host too" {
	launch pause
	everywhere "$(init_pid)" "/$TEST_CGROUP/$ID"
	rt exec -d --pid-file "$T/epid" "$ID" /probe pause
	assert_status 0
	everywhere "$(cat "$T/epid")" "/$TEST_CGROUP/$ID"
}

@test "cgroup: without a path it is /agentrun/ID, a relative one is below the root" {
	requires agentrun
	config 'del(.linux.cgroupsPath)'
	launch pause
	everywhere "$(init_pid)" "/agentrun/$ID"
	rt delete -f "$ID"
	config --arg p "$TEST_CGROUP/rel/$ID" '.linux.cgroupsPath = $p'
	launch pause
	everywhere "$(init_pid)" "/$TEST_CGROUP/rel/$ID"
}

@test "cgroup: a path with '..' is refused" {
	config --arg p "/$TEST_CGROUP/../$ID" '.linux.cgroupsPath = $p'
	payload true
	run_bundle
	refused cgroupsPath
}

@test "cgroup: one that has processes is refused, and they live on" {
	requires agentrun
	local d
	d=$(any_mount)/$TEST_CGROUP/$ID
	mkdir -p "$d"
	background sleep 60
	echo "${BG[-1]}" >"$d/cgroup.procs"
	payload true
	run_bundle
	assert_failure
	complains 'has processes already'
	kill -0 "${BG[-1]}" || fail "the other's process was killed"
	[ -d "$d" ] || fail "the other's cgroup was removed"
	kill "${BG[-1]}"
	wait_until rmdir "$d"
}

@test "cgroup: one that is empty is taken, also if it was killed once" {
	local d
	d=$(any_mount)/$TEST_CGROUP/$ID
	mkdir -p "$d"
	[ ! -e "$d/cgroup.kill" ] || echo 1 >"$d/cgroup.kill"
	run_probe echo hi
	[ ! -d "$d" ] || fail "the cgroup is still there"
}

@test "cgroup: a limit that cannot be set leaves nothing" {
	requires memory
	config '.linux.resources.memory = {limit: 4294967296} | .linux.resources.cpu = {cpus: "4095"}'
	payload true
	run_bundle
	refused
}

@test "cgroup: a hostile tree below it is removed: deep, wide, with odd names and processes" {
	local d i
	launch pause
	for d in $(cgroup_dirs); do
		(
			cd "$d"
			for ((i = 0; i < 100; i++)); do mkdir "wide $i"; done
			mkdir -- $'odd\ttab \\x' '-rf' '...'
			for ((i = 0; i < 200; i++)); do mkdir n && cd n; done
		)
	done
	rt exec -d --pid-file "$T/epid" "$ID" /probe pause
	d=$(any_mount)/$TEST_CGROUP/$ID
	cat "$T/epid" >"$d/wide 7/cgroup.procs"
	rt ps -f json "$ID"
	assert_status 0
	json "index($(cat "$T/epid"))"
	rt delete -f "$ID"
	assert_status 0
	! kill -0 "$(cat "$T/epid")" 2>/dev/null || fail "a process below survived"
	equal "$(cgroup_dirs)" ''
}

@test "cgroup: exec into a container that has made a tree of its own (EBUSY at the top)" {
	requires cgroup_v2 hugetlb
	local d
	launch pause
	d=$(top_dir)
	mkdir "$d/leaf"
	init_pid >"$d/leaf/cgroup.procs"
	echo +hugetlb >"$d/cgroup.subtree_control"
	rt exec "$ID" /probe true
	assert_status 0
}

@test "cgroup: a threaded parent is said to be one" {
	requires cgroup_v2 agentrun
	local p=/sys/fs/cgroup/$TEST_CGROUP/thr-$ID
	mkdir -p "$p/child"
	echo threaded >"$p/child/cgroup.type"
	config --arg p "/$TEST_CGROUP/thr-$ID/$ID" '.linux.cgroupsPath = $p'
	payload true
	run_bundle
	rmdir "$p/child" "$p"
	assert_failure
	complains threaded
	equal "$(cgroup_dirs)" ''
}

@test "cgroup: kill --all gets every process, with a pid namespace or not" {
	requires agentrun
	without_ns pid
	launch orphans 3 -- pause
	rt kill --all "$ID" KILL
	assert_status 0
	wait_until is_status stopped
	wait_until bash -c "! grep -qs . $(cg_file cgroup.procs)"
}

@test "cgroup: kill --all with another signal is delivered once, and a paused one stays paused" {
	requires agentrun freezer
	launch trap 7
	wait_until grep -q ready "$T/out"
	rt pause "$ID"
	assert_status 0
	rt kill --all "$ID" USR1
	assert_status 0
	equal "$(container_status)" paused
	rt resume "$ID"
	assert_status 0
	wait_until grep -q signal=10 "$T/out"
	rt kill "$ID" USR2
	wait_until grep -q signal=12 "$T/out"
	equal "$(grep -c signal=10 "$T/out")" 1
}

@test "cgroup: exec --cgroup puts a process into a cgroup below, and refuses one outside" {
	requires agentrun
	local d
	launch pause
	for d in $(cgroup_dirs); do mkdir "$d/sub"; done
	# shellcheck disable=SC2043
	for d in /sys/fs/cgroup/cpuset; do
		[ ! -d "$d/$TEST_CGROUP/$ID/sub" ] || for f in cpus mems; do
			cat "$d/$TEST_CGROUP/$ID/cpuset.$f" >"$d/$TEST_CGROUP/$ID/sub/cpuset.$f"
		done
	done
	rt exec -d --pid-file "$T/epid" --cgroup sub "$ID" /probe pause
	assert_status 0
	everywhere "$(cat "$T/epid")" "/$TEST_CGROUP/$ID/sub"
	rt exec --cgroup ../.. "$ID" /probe true
	assert_failure
	rt exec --cgroup missing "$ID" /probe true
	assert_failure
	complains missing
}

@test "cgroup: --cgroup-manager disabled makes none, and refuses a limit" {
	requires agentrun
	RUNTIME_ARGS="$RUNTIME_ARGS --cgroup-manager disabled"
	launch pause
	equal "$(cgroup_dirs)" ''
	rt delete -f "$ID"
	config '.linux.resources.pids = {limit: 10}'
	payload true
	run_bundle
	refused 'pids/limit'
}

@test "cgroup: the systemd driver without its program or without systemd says so" {
	requires agentrun
	[ ! -d /run/systemd/system ] || skip "requires a"
	config '.linux.cgroupsPath = "system.slice:agentrun:test"'
	payload true
	rt --systemd-cgroup run -b "$B" "$ID"
	refused systemd
}

@test "cgroup: the systemd driver wants SLICE:PREFIX:NAME" {
	requires agentrun
	payload true
	rt --systemd-cgroup run -b "$B" "$ID"
	refused 'SLICE:PREFIX:NAME'
}

@test "cgroup: a caller whose own cgroup was killed once can start containers (kernel trap)" {
	requires agentrun
	local k=/sys/fs/cgroup/unified
	has_cgroup_v2 && k=/sys/fs/cgroup
	[ -e "$k/cgroup.procs" ] || skip "requires cgroup_v2"
	k=$k/$TEST_CGROUP/killed-$ID
	mkdir -p "$k"
	[ -e "$k/cgroup.kill" ] || skip "requires cgroup_v2"
	echo 1 >"$k/cgroup.kill"
	payload pause
	cat >"$T/caller" <<-END
		echo \$\$ >$k/cgroup.procs
		exec $RUNTIME $RUNTIME_ARGS --root $ROOT "\$@" </dev/null >$T/out 2>$T/err
	END
	timeout 20 bash "$T/caller" run -d -b "$B" --pid-file "$T/pid" "$ID" || fail "$(cat "$T/err")"
	timeout 20 bash "$T/caller" exec "$ID" /probe true || fail "$(cat "$T/err")"
	everywhere "$(init_pid)" "/$TEST_CGROUP/$ID"
	rt delete -f "$ID"
	rmdir "$k"
}
