#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runtime spec 1.3.0, linux other than resources and seccomp (checklist D).
load ../lib/common

@test "spec D uidMappings, gidMappings: are the container's maps" {
	with_ns user
	config '.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}, {containerID: 5000, hostID: 200000, size: 10}]
		| .linux.gidMappings = [{containerID: 0, hostID: 300000, size: 1000}]'
	chown -R 100000:300000 "$B/rootfs"
	run_probe maps -- status
	mentions '^uid_map +0 +100000 +1000$'
	mentions '^uid_map +5000 +200000 +10$'
	mentions '^gid_map +0 +300000 +1000$'
	says 'uid=0 euid=0 suid=0'
}

@test "spec D uidMappings: the process is that user on the host" {
	user_ns 123456
	launch pause
	equal "$(stat -c %u "/proc/$(init_pid)")" 123456
}

@test "spec D uidMappings: without a user namespace is an error" {
	config '.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}] | .linux.gidMappings = .linux.uidMappings'
	run_bundle
	refused
}

@test "spec D uidMappings: a user namespace without mappings is an error" {
	with_ns user
	run_bundle
	refused
}

@test "spec D uidMappings: overlapping lines are an error" {
	with_ns user
	config '.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}, {containerID: 500, hostID: 200000, size: 10}]
		| .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 1000}]'
	run_bundle
	refused
}

@test "spec D uidMappings: more lines than the kernel takes is an error" {
	with_ns user
	config '.linux.uidMappings = [range(0; 400) | {containerID: ., hostID: (100000 + . * 2), size: 1}]
		| .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 1000}]'
	run_bundle
	refused
}

@test "spec D uidMappings: a process user outside of the map is an error" {
	user_ns
	config '.process.user.uid = 70000'
	run_bundle
	refused
}

@test "spec D timeOffsets: both clocks" {
	requires timens
	local mono boot
	with_ns time
	config '.linux.timeOffsets = {monotonic: {secs: 7881, nanosecs: 2718281}, boottime: {secs: 1337, nanosecs: 3141519}}'
	run_probe timens
	mentions '^timens_offsets monotonic +7881 +2718281$'
	mentions '^timens_offsets boottime +1337 +3141519$'
	mono=$(value monotonic)
	boot=$(value boottime)
	[ "$((mono - $(cut -d. -f1 /proc/uptime)))" -ge 7870 ] || fail "monotonic $mono"
	[ "$((boot - $(cut -d. -f1 /proc/uptime)))" -ge 1330 ] || fail "boottime $boot"
}

@test "spec D timeOffsets: without a time namespace is an error" {
	config '.linux.timeOffsets = {monotonic: {secs: 1}}'
	run_bundle
	refused
}

@test "spec D timeOffsets: an unknown clock is an error" {
	with_ns time
	config '.linux.timeOffsets = {realtime: {secs: 1}}'
	run_bundle
	refused
}

@test "spec D netDevices: a device moves in with its name, MTU and addresses" {
	requires dummy_link agentrun
	local d=ar${ID:3:6}
	ip link add "$d" type dummy
	ip link set "$d" mtu 1337 up
	ip addr add 192.0.2.77/24 dev "$d"
	config --arg d "$d" '.linux.netDevices = {($d): {name: "inside0"}}'
	payload net
	run_bundle
	ip link del "$d" 2>/dev/null || true
	assert_status 0
	says 'if inside0 up mtu=1337'
	says 'addr inside0 192.0.2.77'
}

@test "spec D netDevices: a missing device, a bad name, the host's network: errors" {
	requires agentrun
	config '.linux.netDevices = {"nosuchdev": {}}'
	run_bundle
	refused nosuchdev
	config '.linux.netDevices = {"lo": {name: "a/b"}}'
	run_bundle
	refused
	config '.linux.netDevices = {"lo": {name: "sixteen-bytes-xx"}}'
	run_bundle
	refused
	without_ns network
	config '.linux.netDevices = {"ardev0": {}}'
	run_bundle
	refused
}

@test "spec D cgroupsPath: an absolute path is below the hierarchy" {
	requires pids
	config --arg p "/$TEST_CGROUP/$ID" '.linux.cgroupsPath = $p | .linux.resources.pids = {limit: 33}'
	launch pause
	equal "$(cg_value pids.max)" 33
	grep -qx "$(init_pid)" "$(cg_file cgroup.procs)"
}

@test "spec D cgroupsPath: a relative path works" {
	config --arg p "$TEST_CGROUP-rel/$ID" '.linux.cgroupsPath = $p'
	launch pause
	grep -q "$TEST_CGROUP-rel/$ID" "/proc/$(init_pid)/cgroup"
	rt delete -f "$ID"
	assert_status 0
}

@test "spec D cgroupsPath: .. is refused or contained" {
	config --arg id "$ID" '.linux.cgroupsPath = "/agentrun-tests/../../\($id)"'
	requires agentrun
	run_bundle
	refused
}

@test "spec D cgroupsPath: absent gives a cgroup of its own, named by the id" {
	config 'del(.linux.cgroupsPath)'
	launch pause
	grep -q "$ID" "/proc/$(init_pid)/cgroup"
}

@test "spec D rootfsPropagation: shared, slave, private, unbindable" {
	config '.linux.rootfsPropagation = "shared"'
	run_probe mounts
	mount_has / 'prop=.*shared:'
	config '.linux.rootfsPropagation = "private"'
	run_probe mounts
	mount_has / 'prop=private'
	config '.linux.rootfsPropagation = "unbindable"'
	run_probe mounts
	mount_has / 'prop=unbindable'
}

@test "spec D rootfsPropagation: slave" {
	mkdir "$T/m"
	mount -t tmpfs -o mode=755 t "$T/m"
	mount --make-shared "$T/m"
	mv "$B/rootfs" "$T/m/rootfs"
	config --arg p "$T/m/rootfs" '.root.path = $p | .linux.rootfsPropagation = "rslave"'
	run_probe mounts
	mount_has / 'prop=.*master:'
}

@test "spec D rootfsPropagation: an unknown word is an error" {
	config '.linux.rootfsPropagation = "sideways"'
	run_bundle
	refused
}

@test "spec D sysctl: net.* in an own network namespace" {
	config '.linux.sysctl = {"net.ipv4.ip_forward": "1", "net/core/somaxconn": "77"}'
	run_probe sysctl net.ipv4.ip_forward net.core.somaxconn
	says 'sysctl net.ipv4.ip_forward=1'
	says 'sysctl net.core.somaxconn=77'
}

@test "spec D sysctl: kernel.* of ipc and fs.mqueue.* in an own ipc namespace" {
	config '.linux.sysctl = {"kernel.msgmax": "9000", "kernel.shmmni": "4000", "fs.mqueue.msg_max": "20"}'
	run_probe sysctl kernel.msgmax kernel.shmmni fs.mqueue.msg_max
	says 'sysctl kernel.msgmax=9000'
	says 'sysctl kernel.shmmni=4000'
	says 'sysctl fs.mqueue.msg_max=20'
}

@test "spec D sysctl: kernel.domainname in an own uts namespace" {
	config '.linux.sysctl = {"kernel.domainname": "by.sysctl"}'
	run_probe hostname
	says domainname=by.sysctl
}

@test "spec D sysctl: without the namespace is refused, and the host's value stays" {
	local before
	before=$(cat /proc/sys/kernel/shmmni)
	without_ns ipc
	without_mount /dev/mqueue
	config '.linux.sysctl = {"kernel.shmmni": "1234"}'
	run_bundle
	refused
	equal "$(cat /proc/sys/kernel/shmmni)" "$before"
}

@test "spec D sysctl: what no namespace owns is refused" {
	requires agentrun
	local k
	for k in kernel.core_pattern kernel.hostname vm.overcommit_memory fs.file-max kernel.modprobe; do
		config --arg k "$k" '.linux.sysctl = {($k): "1"}'
		run_bundle
		refused "$k"
	done
}

@test "spec D sysctl: a name that climbs is refused" {
	requires agentrun
	local k
	for k in net/../kernel/core_pattern net..core "net.core
somaxconn" /net.core ../kernel.core_pattern net.; do
		config --arg k "$k" '.linux.sysctl = {($k): "1"}'
		run_bundle
		refused
	done
}

@test "spec D sysctl: a value that the kernel refuses is an error" {
	config '.linux.sysctl = {"net.ipv4.ip_forward": "not a number"}'
	run_bundle
	refused
}

@test "spec D sysctl: an interface name with a dot is written with /" {
	config '.linux.sysctl = {"net/ipv4/conf/lo/forwarding": "1"}'
	run_probe cat /proc/sys/net/ipv4/conf/lo/forwarding
	says 1
}

@test "spec D mountLabel: a label without SELinux is an error" {
	requires no_selinux agentrun
	config '.linux.mountLabel = "system_u:object_r:container_file_t:s0"'
	run_bundle
	refused
}

@test "spec D intelRdt: without resctrl is an error" {
	requires no_resctrl
	config '.linux.intelRdt = {closID: "a", l3CacheSchema: "L3:0=f"}'
	run_bundle
	refused
}

@test "spec D memoryPolicy: each mode" {
	requires numa agentrun
	config '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0"}'
	run_probe mempolicy
	mentions '^mempolicy=2 .*nodes=0x1$'
	config '.linux.memoryPolicy = {mode: "MPOL_INTERLEAVE", nodes: "0"}'
	run_probe mempolicy
	mentions '^mempolicy=3 '
	config '.linux.memoryPolicy = {mode: "MPOL_PREFERRED", nodes: "0", flags: ["MPOL_F_STATIC_NODES"]}'
	run_probe mempolicy
	mentions '^mempolicy=1 flags=0x8000 '
	config '.linux.memoryPolicy = {mode: "MPOL_LOCAL", nodes: ""}'
	run_probe mempolicy
	mentions '^mempolicy=4 '
	config '.linux.memoryPolicy = {mode: "MPOL_DEFAULT", nodes: ""}'
	run_probe mempolicy
	mentions '^mempolicy=0 '
}

@test "spec D memoryPolicy: unknown mode or flag, bad nodes: errors" {
	requires agentrun
	config '.linux.memoryPolicy = {mode: "MPOL_BOGUS", nodes: "0"}'
	run_bundle
	refused
	config '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "x"}'
	run_bundle
	refused
	config '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_BOGUS"]}'
	run_bundle
	refused
	config '.linux.memoryPolicy = {mode: "MPOL_DEFAULT", nodes: "0"}'
	run_bundle
	refused
}

@test "spec D memoryPolicy: holds for exec too" {
	requires numa agentrun
	config '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0"}'
	launch pause
	in_container mempolicy
	mentions '^mempolicy=2 '
}

@test "spec D personality: LINUX and LINUX32" {
	config '.linux.personality = {domain: "LINUX"}'
	run_probe personality
	says 'personality=0x0'
	config '.linux.personality = {domain: "LINUX32"}'
	run_probe personality -- hostname
	says 'personality=0x8'
	says 'machine=i686'
}

@test "spec D personality: an unknown domain, or any flag, is an error" {
	config '.linux.personality = {domain: "SOLARIS"}'
	run_bundle
	refused
	config '.linux.personality = {domain: "LINUX", flags: ["ADDR_NO_RANDOMIZE"]}'
	run_bundle
	refused
}

@test "spec D keyring: a session keyring of its own, named by the id" {
	run_probe keyring
	mentions "description=keyring;0;.*;.*;(_ses.*)?$ID|description=.*$ID"
}

@test "spec D keyring: --no-new-keyring keeps the caller's" {
	payload keyring
	rt run --no-new-keyring -b "$B" "$ID"
	assert_status 0
	mentions_not "$ID"
}

@test "spec D keyring: exec joins the container's" {
	local a
	launch keyring -- pause
	wait_until file_says "$T/out" keyring=
	a=$(grep -o 'keyring=[0-9]*' "$T/out")
	in_container keyring
	mentions "$a "
}
