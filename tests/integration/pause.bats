#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The freezer: everything below stops, and what ends a paused container ends it all.
load ../lib/common


@test "pause: processes of exec and of cgroups below stop too" {
	requires freezer agentrun
	launch pause
	local d
	for d in $(cgroup_dirs); do mkdir "$d/below"; done
	rt exec -d --pid-file "$T/epid" "$ID" /probe spin 30
	assert_status 0
	if has_cgroup_v2; then d=/sys/fs/cgroup; else d=/sys/fs/cgroup/freezer; fi
	cat "$T/epid" >"$d/$TEST_CGROUP/$ID/below/cgroup.procs"
	rt pause "$ID"
	assert_status 0
	local before after
	before=$(awk '{print $14 + $15}' "/proc/$(cat "$T/epid")/stat")
	sleep 0.3
	after=$(awk '{print $14 + $15}' "/proc/$(cat "$T/epid")/stat")
	equal "$before" "$after" "a process below used the CPU"
	rt resume "$ID"
	assert_status 0
	wait_until bash -c "[ \$(awk '{print \$14 + \$15}' /proc/$(cat "$T/epid")/stat) -gt $after ]"
}

@test "pause: kill --all KILL ends a paused container" {
	requires freezer agentrun
	launch pause
	rt pause "$ID"
	rt kill --all "$ID" KILL
	assert_status 0
	wait_until is_status stopped
}

@test "pause: delete --force of one with paused processes below leaves nothing" {
	requires freezer
	launch pause
	rt exec -d --pid-file "$T/epid" "$ID" /probe ignore
	rt pause "$ID"
	rt delete --force "$ID"
	assert_status 0
	equal "$(cgroup_dirs)" ''
	! kill -0 "$(cat "$T/epid")" 2>/dev/null || fail "a process survived"
}

@test "pause: exec into a paused container is refused, and works after resume" {
	requires freezer
	launch pause
	rt pause "$ID"
	rt exec "$ID" /probe true
	assert_failure
	rt resume "$ID"
	rt exec "$ID" /probe true
	assert_status 0
}

@test "pause: twenty times in a row, under load" {
	requires freezer agentrun
	launch pause
	rt exec -d "$ID" /probe spin 60
	local i
	for ((i = 0; i < 20; i++)); do
		rt pause "$ID"
		assert_status 0
		equal "$(container_status)" paused
		rt resume "$ID"
		assert_status 0
		equal "$(container_status)" running
	done
}
