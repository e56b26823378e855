#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The root file system that a class gives: ephemeral in memory, or closed.
load ../lib/common
load ../lib/class
load ../lib/canary

setup() {
	class_begin
	requires agentrun
	canary_begin
	policy ephemeral '.filesystem.create = ["/"] | .filesystem.modify = ["/"] | .filesystem.remove = ["/"]'
	RUNTIME_ARGS="--config $T/agentrun.json --class ephemeral"
}

image_state() { find "$B/rootfs" -printf '%i %y %m %U:%G %s %T@ %p\n' | sort -k7; }

@test "rootfs: what the payload writes is gone afterwards, the image is as it was" {
	echo original >"$B/rootfs/tmp/file"
	payload write /tmp/new text -- write /tmp/file changed -- unlink /tmp/file -- mounts
	image_state >"$T/before"
	run_bundle
	assert_status 0
	says write=ok
	mount_has / fstype=overlay nosuid
	image_state | diff "$T/before" - >&2
	canary_intact
}
@test "rootfs: nothing of the ephemeral layer is visible on the host while it runs" {
	payload write /tmp/EPHEMERAL text -- pause
	create
	assert_status 0
	rt start "$ID"
	assert_status 0
	wait_until file_says "$T/out" write=ok
	never grep -E "agentrun-ephemeral" /proc/self/mountinfo
	[ ! -e "$B/rootfs/tmp/EPHEMERAL" ]
	rt delete --force "$ID"
	canary_intact
}
@test "rootfs: two containers of one image do not see each other" {
	payload write /tmp/first text -- pause
	create
	rt start "$ID"
	wait_until file_says "$T/out" write=ok
	payload open /tmp/first r
	config --arg c "/$TEST_CGROUP/$ID-2" '.linux.cgroupsPath = $c'
	rt run -b "$B" "$ID-2"
	assert_status 0
	says open=ENOENT
}
@test "rootfs: an image on an overlay, as engines have it" {
	local o=$T/o
	mkdir -p "$o/upper" "$o/wk" "$o/merged" "$T/mnt"
	mount -t tmpfs tmpfs "$T/mnt"
	mkdir "$T/mnt/upper" "$T/mnt/wk"
	mount -t overlay overlay -o "lowerdir=$B/rootfs,upperdir=$T/mnt/upper,workdir=$T/mnt/wk" "$o/merged"
	config --arg r "$o/merged" '.root.path = $r'
	payload write /tmp/new text
	run_bundle
	assert_status 0
	says write=ok
	[ ! -e "$o/merged/tmp/new" ]
	umount "$o/merged"
	umount "$T/mnt"
}
@test "rootfs: an overlay on an overlay on an overlay says so" {
	local i low=$B/rootfs
	for i in 1 2; do
		mkdir -p "$T/t$i" "$T/m$i"
		mount -t tmpfs tmpfs "$T/t$i"
		mkdir "$T/t$i/u" "$T/t$i/w"
		mount -t overlay overlay -o "lowerdir=$low,upperdir=$T/t$i/u,workdir=$T/t$i/w" "$T/m$i"
		low=$T/m$i
	done
	config --arg r "$low" '.root.path = $r'
	payload true
	run_bundle
	refused "ephemeral root file system"
	complains "overlay"
	umount "$T/m2" "$T/m1" "$T/t2" "$T/t1"
}
@test "rootfs: a path with commas, colons and blanks" {
	local odd="$T/a,b:c d\\e"
	mkdir "$odd"
	cp -a "$B/rootfs" "$odd/rootfs"
	config --arg r "$odd/rootfs" '.root.path = $r'
	payload write /tmp/new text
	run_bundle
	assert_status 0
	says write=ok
	[ ! -e "$odd/rootfs/tmp/new" ]
}
@test "rootfs: in a user namespace" {
	payload write /tmp/new text -- mounts
	user_ns
	run_bundle
	assert_status 0
	says write=ok
	[ ! -e "$B/rootfs/tmp/new" ]
}
@test "rootfs: a class with a closed root: nothing can be written there" {
	RUNTIME_ARGS="--config $T/agentrun.json --class read"
	payload write /new text -- write /etc/new text -- mkdir /d
	run_bundle
	assert_status 0
	says_not write=ok
	says_not mkdir=ok
	[ ! -e "$B/rootfs/new" ]
	contained
}
@test "rootfs: a hostile image under a class: links do not lead out" {
	local name
	payload true
	for name in proc sys dev tmp workspace etc; do
		rm -rf "$B/rootfs/$name"
		ln -s "$CANARY" "$B/rootfs/$name"
		run_bundle
		contained "$name"
		rm "$B/rootfs/$name"
		mkdir "$B/rootfs/$name"
	done
}
@test "rootfs: a class ends the sharing of a volume with the host" {
	mkdir "$T/volume"
	add_mount /wk bind "$T/volume" rbind rshared
	payload mounts
	run_bundle
	assert_status 0
	mount_has_not /wk prop=shared
}
