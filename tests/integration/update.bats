#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# update: the kernel takes limits in one order only, and which depends on what is there.
load ../lib/common

update() { # RESOURCES-JSON
	printf '%s' "$1" >"$T/resources"
	rt update -r "$T/resources" "$ID"
}
v2() { has_cgroup_v2; }

@test "update: memory and swap shrink, grow and lose their limit" {
	requires memory swap_accounting
	config '.linux.resources.memory = {limit: 67108864, swap: 134217728}'
	launch pause
	local pair
	for pair in 33554432:41943040 134217728:268435456 134217728:134217728 67108864:268435456; do
		update "{\"memory\": {\"limit\": ${pair%:*}, \"swap\": ${pair#*:}}}"
		assert_status 0
		equal "$(cg_value memory.limit_in_bytes)" "${pair%:*}"
		equal "$(cg_value memory.memsw.limit_in_bytes)" "${pair#*:}"
	done
	update '{"memory": {"limit": -1}}'
	assert_status 0
	[ "$(cg_value memory.limit_in_bytes)" -gt 1000000000000 ]
}

@test "update: quota alone keeps the period, period alone the quota" {
	requires cpu
	config '.linux.resources.cpu = {quota: 50000, period: 100000}'
	launch pause
	update '{"cpu": {"quota": 20000}}'
	assert_status 0
	update '{"cpu": {"period": 50000}}'
	assert_status 0
	if v2; then
		equal "$(cg_value cpu.max)" "20000 50000"
	else
		equal "$(cg_value cpu.cfs_quota_us) $(cg_value cpu.cfs_period_us)" "20000 50000"
	fi
	update '{"cpu": {"quota": -1}}'
	assert_status 0
}

@test "update: burst and quota in one go, in whatever order they fit" {
	requires cpu cpu_burst
	config '.linux.resources.cpu = {quota: 20000, period: 100000, burst: 20000}'
	launch pause
	update '{"cpu": {"quota": 80000, "burst": 80000}}'
	assert_status 0
	update '{"cpu": {"quota": 10000, "burst": 1000}}'
	assert_status 0
}

@test "update: a limit below the present use, with checkBeforeUpdate" {
	requires memory agentrun
	launch pause
	update '{"memory": {"limit": 4096, "checkBeforeUpdate": true}}'
	assert_failure
	complains 'present use'
	is_status running
}

@test "update: all its limits are remembered for exec and restart of the runtime" {
	requires pids agentrun
	launch pause
	update '{"pids": {"limit": 33}}'
	assert_status 0
	equal "$(cg_value pids.max)" 33
	rt state "$ID"
	assert_status 0
	rt exec "$ID" /probe true
	assert_status 0
	equal "$(cg_value pids.max)" 33
}

@test "update: new device rules hold at once, and never was there a moment without" {
	requires agentrun
	config '.linux.devices = [{path: "/dev/kmsg2", type: "c", major: 1, minor: 11}]'
	all_caps
	launch pause
	in_container open /dev/kmsg2 w
	says open=EPERM
	update '{"devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 1, "minor": 11, "access": "w"}]}'
	assert_status 0
	in_container open /dev/kmsg2 w -- open /dev/null rw -- open /dev/kmsg2 r,nonblock
	equal "$(tr '\n' ' ' <<<"$output")" 'open=ok open=ok open=EPERM '
	update '{"devices": [{"allow": false, "access": "rwm"}]}'
	assert_status 0
	in_container open /dev/kmsg2 w -- open /dev/null rw
	equal "$(tr '\n' ' ' <<<"$output")" 'open=EPERM open=ok '
}

@test "update: /dev/null works all the time while rules are replaced" {
	requires agentrun
	launch pause
	rt exec -d --pid-file "$T/epid" "$ID" /probe spin 4
	local i
	for ((i = 0; i < 6; i++)); do
		update '{"devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 10, "minor": 200, "access": "rw"}]}'
		assert_status 0
		in_container open /dev/null rw
		says open=ok
		update '{"devices": [{"allow": false, "access": "rwm"}]}'
		assert_status 0
	done
}

@test "update: one that fails halfway leaves all limits as they were" {
	requires memory pids agentrun
	config '.linux.resources.memory = {limit: 67108864} | .linux.resources.pids = {limit: 20}'
	launch pause
	update '{"memory": {"limit": 134217728}, "pids": {"limit": 7}, "hugepageLimits": [{"pageSize": "3MB", "limit": 1}]}'
	assert_failure
	complains hugepageLimits
	equal "$(cg_value pids.max)" 20
	if v2; then equal "$(cg_value memory.max)" 67108864; else equal "$(cg_value memory.limit_in_bytes)" 67108864; fi
}
