#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runtime spec 1.3.0, linux.resources other than devices (checklist E and H).
# Limits are read back from the container's own cgroup; a few are felt by a payload.
load ../lib/common

resources() { config --argjson r "$1" '.linux.resources += $r'; }
v2() { has_cgroup_v2; }
# limit_is V1-FILE V2-FILE VALUE [V2-VALUE]
limit_is() {
	if v2; then equal "$(cg_value "$2")" "${4:-$3}" "$2"; else equal "$(cg_value "$1")" "$3" "$1"; fi
}

@test "spec E memory.limit" {
	requires memory
	resources '{"memory": {"limit": 67108864}}'
	launch pause
	limit_is memory.limit_in_bytes memory.max 67108864
}

@test "spec E memory.limit: a payload that needs more is killed" {
	requires memory
	resources '{"memory": {"limit": 33554432, "swap": 33554432}}'
	payload memory 200
	run_bundle
	assert_status 137
}

@test "spec E memory.limit: -1 is no limit" {
	requires memory
	resources '{"memory": {"limit": -1}}'
	launch pause
	limit_is memory.limit_in_bytes memory.max 9223372036854771712 max
}

@test "spec E memory.reservation" {
	requires memory
	resources '{"memory": {"limit": 67108864, "reservation": 33554432}}'
	launch pause
	limit_is memory.soft_limit_in_bytes memory.low 33554432
}

@test "spec E memory.swap" {
	requires memory swap_accounting
	resources '{"memory": {"limit": 67108864, "swap": 134217728}}'
	launch pause
	limit_is memory.memsw.limit_in_bytes memory.swap.max 134217728 67108864
}

@test "spec E memory.swap: below the limit is an error" {
	requires memory
	resources '{"memory": {"limit": 67108864, "swap": 33554432}}'
	run_bundle
	refused
}

@test "spec E memory.swappiness" {
	requires memory cgroup_v1
	resources '{"memory": {"swappiness": 42}}'
	launch pause
	equal "$(cg_value memory.swappiness)" 42
}

@test "spec E memory.swappiness: above 100 is an error" {
	requires memory
	resources '{"memory": {"swappiness": 1000}}'
	run_bundle
	refused
}

@test "spec E memory.disableOOMKiller" {
	requires memory cgroup_v1
	resources '{"memory": {"limit": 67108864, "disableOOMKiller": true}}'
	launch pause
	grep -qx 'oom_kill_disable 1' "$(cg_file memory.oom_control)"
}

@test "spec E memory.useHierarchy" {
	requires memory cgroup_v1
	resources '{"memory": {"useHierarchy": true}}'
	launch pause
	equal "$(cg_value memory.use_hierarchy)" 1
}

@test "spec E memory.kernel, kernelTCP: deprecated, not a failure" {
	requires memory
	resources '{"memory": {"kernel": 67108864, "kernelTCP": 67108864}}'
	run_probe echo hi
	says hi
}

@test "spec E cpu.shares" {
	requires cpu
	resources '{"cpu": {"shares": 1024}}'
	launch pause
	limit_is cpu.shares cpu.weight 1024 100
}

@test "spec E cpu.shares: 0 is not set" {
	requires cpu
	resources '{"cpu": {"shares": 0}}'
	run_probe echo hi
	says hi
}

@test "spec E cpu.quota and period" {
	requires cpu
	resources '{"cpu": {"quota": 20000, "period": 50000}}'
	launch pause
	if v2; then
		equal "$(cg_value cpu.max)" '20000 50000'
	else
		equal "$(cg_value cpu.cfs_quota_us)" 20000
		equal "$(cg_value cpu.cfs_period_us)" 50000
	fi
}

@test "spec E cpu.quota: -1 is no limit" {
	requires cpu
	resources '{"cpu": {"quota": -1}}'
	launch pause
	if v2; then equal "$(cg_value cpu.max)" 'max 100000'; else equal "$(cg_value cpu.cfs_quota_us)" -1; fi
}

@test "spec E cpu.burst" {
	requires cpu cpu_burst
	resources '{"cpu": {"quota": 20000, "period": 50000, "burst": 10000}}'
	launch pause
	limit_is cpu.cfs_burst_us cpu.max.burst 10000
}

@test "spec E cpu.idle" {
	requires cpu
	resources '{"cpu": {"idle": 1}}'
	launch pause
	limit_is cpu.idle cpu.idle 1
}

@test "spec E cpu.realtimeRuntime, realtimePeriod" {
	requires cpu rt_group
	# the group above needs a budget to give from
	mkdir -p "/sys/fs/cgroup/cpu/$TEST_CGROUP"
	echo 20000 >"/sys/fs/cgroup/cpu/$TEST_CGROUP/cpu.rt_runtime_us"
	resources '{"cpu": {"realtimePeriod": 1000000, "realtimeRuntime": 1000}}'
	launch pause
	equal "$(cg_value cpu.rt_runtime_us)" 1000
}

@test "spec E cpu.cpus and mems" {
	requires cpuset
	resources '{"cpu": {"cpus": "0", "mems": "0"}}'
	launch affinity -- pause
	limit_is cpuset.cpus cpuset.cpus 0
	limit_is cpuset.mems cpuset.mems 0
	wait_until file_says "$T/out" '^affinity=0$'
}

@test "spec E cpu.cpus: parents of a v1 hierarchy are filled" {
	requires cpuset cgroup_v1
	config --arg id "$ID" '.linux.cgroupsPath = "/agentrun-tests/deep-\($id)/er/\($id)"'
	resources '{"cpu": {"cpus": "0"}}'
	payload affinity
	run_bundle
	find /sys/fs/cgroup -depth -type d -path "*/deep-$ID*" -exec rmdir {} + 2>/dev/null || true
	assert_status 0
	says 'affinity=0'
}

@test "spec E cpu.cpus: one that the host lacks, or a malformed list, is an error" {
	requires cpuset
	resources '{"cpu": {"cpus": "4095"}}'
	run_bundle
	refused
	resources '{"cpu": {"cpus": "zero"}}'
	run_bundle
	refused
}

@test "spec E pids.limit" {
	requires pids
	resources '{"pids": {"limit": 20}}'
	launch pause
	limit_is pids.max pids.max 20
}

@test "spec E pids.limit: a fork bomb stops at the limit" {
	requires pids
	resources '{"pids": {"limit": 10}}'
	run_probe fork-bomb 100
	mentions '^forked=[0-9] EAGAIN'
}

@test "spec E pids.limit: -1 is max" {
	requires pids
	resources '{"pids": {"limit": -1}}'
	launch pause
	limit_is pids.max pids.max max
}

@test "spec E pids.limit: absent leaves it alone" {
	requires pids
	launch pause
	limit_is pids.max pids.max max
}

@test "spec E pids.limit: 0 is a limit since spec 1.3" {
	requires pids agentrun
	resources '{"pids": {"limit": 0}}'
	payload spawn -- echo alive
	create
	if [ "$status" = 0 ]; then
		case $(cg_value pids.max) in 0 | 1) ;; *) fail "pids.max is $(cg_value pids.max)" ;; esac
	fi
}

@test "spec E blockIO.weight" {
	requires blkio_weight
	resources '{"blockIO": {"weight": 500}}'
	launch pause
	equal "$(cat "$(cg_file blkio.weight 2>/dev/null || cg_file blkio.bfq.weight)")" 500
}

@test "spec E blockIO.throttle*Device: all four" {
	requires blkio block_device
	local dev
	dev=$(block_device)
	resources "$(jq -n --argjson M "${dev%:*}" --argjson m "${dev#*:}" \
		'{major: $M, minor: $m, rate: 1048576} as $d | {blockIO: {throttleReadBpsDevice: [$d], throttleWriteBpsDevice: [$d],
		throttleReadIOPSDevice: [$d], throttleWriteIOPSDevice: [$d]}}')"
	launch pause
	if v2; then
		grep -q "^$dev rbps=1048576 wbps=1048576 riops=1048576 wiops=1048576" "$(cg_file io.max)"
	else
		for f in read_bps write_bps read_iops write_iops; do
			grep -qx "$dev 1048576" "$(cg_file blkio.throttle.${f}_device)"
		done
	fi
}

@test "spec E blockIO.throttle*Device: a device that is not there is an error" {
	requires blkio
	resources '{"blockIO": {"throttleReadBpsDevice": [{"major": 4000, "minor": 1, "rate": 1}]}}'
	run_bundle
	refused
}

@test "spec E hugepageLimits" {
	requires hugetlb
	resources '{"hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}]}'
	launch pause
	limit_is hugetlb.2MB.limit_in_bytes hugetlb.2MB.max 4194304
}

@test "spec E hugepageLimits: a size that the host lacks is an error" {
	resources '{"hugepageLimits": [{"pageSize": "3MB", "limit": 4194304}]}'
	run_bundle
	refused
}

@test "spec E network.classID: set, or an error where the controller is missing" {
	resources '{"network": {"classID": 1048577}}'
	payload pause
	create
	if has_net_cls; then
		equal "$(cg_value net_cls.classid)" 1048577
	else
		assert_failure
	fi
}

@test "spec E network.priorities: set, or an error where the controller is missing" {
	resources '{"network": {"priorities": [{"name": "lo", "priority": 5}]}}'
	payload pause
	create
	if has_net_prio; then
		grep -qx 'lo 5' "$(cg_file net_prio.ifpriomap)"
	else
		assert_failure
	fi
}

@test "spec E rdma: an error where the controller is missing" {
	resources '{"rdma": {"mlx5_1": {"hcaHandles": 3, "hcaObjects": 1000}}}'
	if has_rdma; then skip "requires no rdma"; fi
	requires agentrun
	run_bundle
	refused
}

@test "spec E unified: a file by its name" {
	requires cgroup_v2
	resources '{"unified": {"cgroup.max.depth": "7"}}'
	launch pause
	equal "$(cg_value cgroup.max.depth)" 7
}

@test "spec E unified: on cgroup v1 is an error" {
	requires cgroup_v1
	resources '{"unified": {"memory.high": "1000000"}}'
	run_bundle
	refused
}

@test "spec E unified: a name with a slash, or without a dot, is an error" {
	requires agentrun
	resources '{"unified": {"../memory.high": "1"}}'
	run_bundle
	refused
	resources '{"unified": {"cgroup": "1"}}'
	run_bundle
	refused
}

@test "spec E: a controller that the host lacks is an error, not a silence" {
	requires cgroup_v2 agentrun
	if has_memory; then skip "requires a cgroup v2 without controllers"; fi
	resources '{"memory": {"limit": 67108864}}'
	run_bundle
	refused memory
}

@test "spec E: zeros as Docker sends them are not limits" {
	resources '{"cpu": {"shares": 0, "quota": 0, "period": 0, "realtimeRuntime": 0, "cpus": "", "mems": ""},
		"memory": {"limit": 0, "reservation": 0, "swap": 0}, "blockIO": {"weight": 0}}'
	if v2 && ! has_memory; then requires agentrun; fi
	run_probe echo hi
	says hi
}

@test "spec E: the limits hold for exec" {
	requires pids
	resources '{"pids": {"limit": 12}}'
	launch pause
	in_container fork-bomb 100
	mentions '^forked=[0-9]+ EAGAIN'
	rt exec -d "$ID" /probe pause
	[ "$(wc -l <"$(cg_file cgroup.procs)")" -ge 2 ]
}

@test "spec H cpu.shares to cpu.weight: the formula at its ends" {
	requires cgroup_v2 cpu agentrun
	local pair
	for pair in 2:1 262144:10000 1024:100; do
		resources "{\"cpu\": {\"shares\": ${pair%:*}}}"
		launch pause
		equal "$(cg_value cpu.weight)" "${pair#*:}"
		rt delete -f "$ID"
	done
}

@test "spec E cgroup: ownership goes to the mapped root with a writable cgroup mount" {
	requires cgroup_v2 agentrun
	user_ns
	with_ns cgroup
	add_mount /sys/fs/cgroup cgroup cgroup nosuid noexec nodev rw
	run_probe mkdir /sys/fs/cgroup/sub
	says mkdir=ok
}

@test "spec E cgroup: what the container made below its own is removed" {
	requires cgroup_v2 agentrun
	with_ns cgroup
	all_caps
	add_mount /sys/fs/cgroup cgroup cgroup nosuid noexec nodev rw
	run_probe mkdir /sys/fs/cgroup/a -- mkdir /sys/fs/cgroup/a/b
	says mkdir=ok
	equal "$(cgroup_dirs)" ''
}
