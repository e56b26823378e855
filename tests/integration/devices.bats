#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Device rules beyond the words of the spec: what v1 cannot say, what v2 must say exactly.
load ../lib/common

node() { config '.linux.devices = [{path: "/dev/kmsg2", type: "c", major: 1, minor: 11}]'; }
rules() { config --argjson r "$1" '.linux.resources.devices = [{allow: false, access: "rwm"}] + $r'; }

@test "devices: a hole in a wildcard: exact on v2, refused with its index on v1" {
	requires agentrun
	node
	all_caps
	rules '[{"allow": true, "type": "c", "major": 1, "access": "rwm"}, {"allow": false, "type": "c", "major": 1, "minor": 11, "access": "w"}]'
	payload open /dev/kmsg2 w -- open /dev/kmsg2 r,nonblock -- open /dev/mem2
	if has_cgroup_v2; then
		run_bundle
		assert_status 0
		equal "$(head -2 <<<"$output" | tr '\n' ' ')" 'open=EPERM open=ok '
	else
		run_bundle
		refused '/linux/resources/devices/2'
	fi
}

@test "devices: everything but one" {
	node
	all_caps
	rules '[{"allow": true, "type": "a", "access": "rwm"}, {"allow": false, "type": "c", "major": 1, "minor": 11, "access": "rw"}]'
	run_probe open /dev/kmsg2 w -- open /dev/kmsg2 r,nonblock -- open /dev/null rw -- mknod /dev/n2 c 1 12 -- open /dev/n2 w
	equal "$(tr '\n' ' ' <<<"$output" | sed 's/open=E[A-OQ-Z][A-Z]*/open=ok/')" 'open=EPERM open=EPERM open=ok mknod=ok open=ok '
}

@test "devices: no entry takes away what every container has" {
	rules '[{"allow": false, "type": "c", "major": 1, "minor": 3, "access": "rwm"}]'
	run_probe open /dev/null rw
	says open=ok
}

@test "devices: tun is not there unless it is listed" {
	requires agentrun
	config '.linux.devices = [{path: "/dev/tun2", type: "c", major: 10, minor: 200}]'
	all_caps
	run_probe open /dev/tun2 rw
	says open=EPERM
	rules '[{"allow": true, "type": "c", "major": 10, "minor": 200, "access": "rw"}]'
	run_probe open /dev/tun2 rw
	says_not open=EPERM
}

@test "devices: a nested cgroup does not get out of the rules" {
	requires agentrun cgroup_v2
	node
	all_caps
	with_ns cgroup
	add_mount /sys/fs/cgroup cgroup cgroup rw
	run_probe mkdir /sys/fs/cgroup/sub -- write /sys/fs/cgroup/sub/cgroup.procs 0 -- open /dev/kmsg2 w
	says mkdir=ok
	says open=EPERM
}

@test "devices: two hundred rules are one program, or one list" {
	node
	all_caps
	rules "$(jq -nc '[range(200) | {allow: true, type: "c", major: (300 + .), minor: ., access: "rw"}] + [{allow: true, type: "c", major: 1, minor: 11, access: "w"}]')"
	run_probe open /dev/kmsg2 w
	says open=ok
}

@test "devices: an explicit rule outlives an update of other limits" {
	requires pids
	node
	all_caps
	rules '[{"allow": true, "type": "c", "major": 1, "minor": 11, "access": "w"}]'
	launch pause
	rt update --pids-limit 50 "$ID"
	assert_status 0
	in_container open /dev/kmsg2 w -- open /dev/kmsg2 r,nonblock
	equal "$(tr '\n' ' ' <<<"$output")" 'open=ok open=EPERM '
}
