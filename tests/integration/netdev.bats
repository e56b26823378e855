#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# linux.netDevices: devices that move into the container, and what they keep.
# shellcheck disable=SC2016
load ../lib/common

setup() {
	test_begin
	D=ar${ID:3:6}
}
teardown() {
	ip link del "$D" 2>/dev/null || true
	ip link del "${D}b" 2>/dev/null || true
	test_end
}
dummy() { # NAME
	ip link add "$1" type dummy
	ip link set "$1" up
}

@test "netdev: the name stays, and so do MTU, MAC and every global address" {
	requires dummy_link agentrun
	dummy "$D"
	ip link set "$D" mtu 1411 address 02:00:5e:10:00:07
	ip addr add 192.0.2.7/24 dev "$D"
	ip addr add 192.0.2.8/24 dev "$D"
	ip addr add 198.51.100.9/32 dev "$D"
	ip addr add 2001:db8::7/64 dev "$D" nodad
	config --arg d "$D" '.linux.netDevices = {($d): {}}'
	add_mount /sys sysfs sysfs ro
	run_probe net -- cat "/sys/class/net/$D/address"
	says "if $D up mtu=1411"
	says "addr $D 192.0.2.7"
	says "addr $D 192.0.2.8"
	says "addr $D 198.51.100.9"
	says "addr $D 2001:db8::7"
	mentions '02:00:5e:10:00:07'
}

@test "netdev: it is gone from the host while the container lives" {
	requires dummy_link agentrun
	dummy "$D"
	config --arg d "$D" '.linux.netDevices = {($d): {name: "inside0"}}'
	launch pause
	! ip link show "$D" 2>/dev/null || fail "$D is still there"
	in_container net
	mentions '^if inside0 up'
}

@test "netdev: a pattern gives the next free name" {
	requires dummy_link agentrun
	dummy "$D"
	dummy "${D}b"
	config --arg d "$D" --arg e "${D}b" '.linux.netDevices = {($d): {name: "eth%d"}, ($e): {name: "eth%d"}}'
	ip addr add 192.0.2.7/24 dev "${D}b"
	run_probe net
	mentions '^if eth0 up'
	mentions '^if eth1 up'
	says 'addr eth1 192.0.2.7'
}

@test "netdev: a name that is taken is refused, and the device stays on the host" {
	requires dummy_link agentrun
	dummy "$D"
	config --arg d "$D" '.linux.netDevices = {($d): {name: "lo"}}'
	run_bundle
	refused "/linux/netDevices/$D: cannot move it as 'lo': file exists"
	ip link show "$D"
}

@test "netdev: into a container with a user namespace" {
	requires dummy_link userns agentrun
	dummy "$D"
	ip addr add 192.0.2.7/24 dev "$D"
	user_ns
	config --arg d "$D" '.linux.netDevices = {($d): {}}'
	run_probe net
	says "addr $D 192.0.2.7"
}

@test "netdev: the loopback of a new namespace is up, the host's is left alone" {
	run_probe net
	mentions '^if lo up'
	says 'addr lo 127.0.0.1'
}
