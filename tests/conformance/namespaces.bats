#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runtime spec 1.3.0, namespaces (checklist L).
load ../lib/common

host_ns() { readlink "/proc/self/ns/$1"; }

new_namespace() { # SPEC-NAME PROC-NAME
	with_ns "$1"
	run_probe ns
	[ "$(value "ns_$2")" != "$(host_ns "$2")" ] || fail "the container is in the host's $1 namespace"
}
@test "spec L pid: a new one" { new_namespace pid pid; }
@test "spec L network: a new one" { new_namespace network net; }
@test "spec L mount: a new one" { new_namespace mount mnt; }
@test "spec L ipc: a new one" { new_namespace ipc ipc; }
@test "spec L uts: a new one" { new_namespace uts uts; }
@test "spec L cgroup: a new one" { new_namespace cgroup cgroup; }
@test "spec L time: a new one" {
	requires timens
	new_namespace time time
}
@test "spec L user: a new one" {
	user_ns
	run_probe ns
	[ "$(value ns_user)" != "$(host_ns user)" ]
}

host_namespace() { # SPEC-NAME PROC-NAME
	without_ns "$1"
	run_probe ns
	equal "$(value "ns_$2")" "$(host_ns "$2")"
}
@test "spec L network: absent is the runtime's" {
	without_mount /sys
	config '.linux.maskedPaths -= ["/sys/firmware"]'
	host_namespace network net
}
@test "spec L ipc: absent is the runtime's" {
	without_mount /dev/mqueue
	host_namespace ipc ipc
}
@test "spec L uts: absent is the runtime's" {
	config 'del(.hostname)'
	host_namespace uts uts
}
@test "spec L cgroup: absent is the runtime's" { host_namespace cgroup cgroup; }
@test "spec L pid: absent is the runtime's" { host_namespace pid pid; }

joined_namespace() { # SPEC-NAME PROC-NAME UNSHARE-OPTION
	local holder
	background unshare "$3" sleep 60
	holder=$!
	wait_until differs "/proc/$holder/ns/$2" "/proc/self/ns/$2"
	with_ns "$1" "/proc/$holder/ns/$2"
	[ "$1" != uts ] || config 'del(.hostname)'
	run_probe ns
	equal "$(value "ns_$2")" "$(readlink "/proc/$holder/ns/$2")"
}
differs() { [ "$(readlink "$1")" != "$(readlink "$2")" ]; }
@test "spec L network: joined by path" { joined_namespace network net --net; }
@test "spec L ipc: joined by path" { joined_namespace ipc ipc --ipc; }
@test "spec L uts: joined by path" { joined_namespace uts uts --uts; }
@test "spec L cgroup: joined by path" { joined_namespace cgroup cgroup --cgroup; }

@test "spec L time: joined by path" {
	requires timens
	joined_namespace time time --time
}

@test "spec L uts: hostname is set in a joined namespace" {
	local holder
	background unshare --uts sleep 60
	holder=$!
	wait_until differs "/proc/$holder/ns/uts" /proc/self/ns/uts
	with_ns uts "/proc/$holder/ns/uts"
	config '.hostname = "joined"'
	run_probe hostname
	says hostname=joined
}

@test "spec L pid: joined by path, init is not pid 1 there" {
	local holder inner
	background unshare --pid --fork --kill-child sleep 60
	holder=$!
	wait_until differs "/proc/$holder/ns/pid_for_children" /proc/self/ns/pid
	wait_until pgrep -P "$holder"
	inner=$(pgrep -P "$holder")
	with_ns pid "/proc/$inner/ns/pid"
	run_probe ns -- status
	equal "$(value ns_pid)" "$(readlink "/proc/$inner/ns/pid")"
	mentions_not '^pid=1 '
}

@test "spec L user: joined by path" {
	local holder
	background unshare --user --map-root-user sleep 60
	holder=$!
	wait_until differs "/proc/$holder/ns/user" /proc/self/ns/user
	with_ns user "/proc/$holder/ns/user"
	run_probe ns
	equal "$(value ns_user)" "$(readlink "/proc/$holder/ns/user")"
}

@test "spec L: a pod: network, ipc and uts of another container" {
	local pod
	launch pause
	pod=$(init_pid)
	ID=$ID-member
	without_ns network
	for n in network:net ipc:ipc uts:uts; do
		with_ns "${n%:*}" "/proc/$pod/ns/${n#*:}"
	done
	config --arg cg "/$TEST_CGROUP/$ID" 'del(.hostname) | .linux.cgroupsPath = $cg'
	run_probe ns -- hostname
	equal "$(value ns_net)" "$(readlink "/proc/$pod/ns/net")"
	equal "$(value ns_ipc)" "$(readlink "/proc/$pod/ns/ipc")"
	says hostname=conformance
	ID=${ID%-member}
}

@test "spec L: a duplicate type is an error" {
	config '.linux.namespaces += [{type: "pid"}]'
	run_bundle
	refused
}

@test "spec L: an unknown type is an error" {
	config '.linux.namespaces += [{type: "bogus"}]'
	run_bundle
	refused
}

@test "spec L path: one of another type is an error" {
	with_ns network /proc/self/ns/uts
	run_bundle
	refused
}

@test "spec L path: a missing file, and one that is no namespace, are errors" {
	with_ns network /proc/nowhere/ns/net
	run_bundle
	refused
	with_ns network /etc/passwd
	run_bundle
	refused
}

@test "spec L path: a relative one is an error" {
	requires agentrun
	with_ns network proc/self/ns/net
	run_bundle
	refused
}

@test "spec L mount: absent is refused" {
	without_ns mount
	run_bundle
	refused
}

@test "spec L network: loopback is up in a new one" {
	run_probe net -- connect 127.0.0.1 9
	says 'if lo up mtu=65536'
	says 'addr lo 127.0.0.1'
	says 'connect=ECONNREFUSED'
}

@test "spec L network: nothing but loopback is in a new one" {
	# the kernel adds down tunnel devices of its modules to every new namespace
	run_probe net
	equal "$(grep -cE '^if .* up ' <<<"$output")" 1
}

@test "spec L cgroup: the container sees its own cgroup as /" {
	with_ns cgroup
	run_probe cgroup
	mentions_not "$ID"
	mentions '^cgroup .*:/$'
}

@test "spec L user: capabilities count inside only" {
	user_ns
	all_caps
	run_probe sethostname inside -- mknod /dev/mem2 c 1 1 -- write-file /proc/sys/kernel/core_pattern x
	says sethostname=ok
	says mknod=EPERM
	mentions '^write-file=E'
}

@test "spec L user: files of the root file system belong to the mapped root" {
	user_ns
	run_probe stat /probe -- write /new
	mentions 'stat /probe=file .* uid=0 gid=0'
	says write=ok
	equal "$(stat -c %u "$B/rootfs/new")" 100000
}

@test "spec L user: devices are there, and usable" {
	user_ns
	run_probe stat /dev/null /dev/zero -- write /dev/null -- read /dev/zero
	mentions 'stat /dev/null=char .*rdev=1:3'
	says write=ok
	says read=ok
}
