#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runtime spec 1.3.0, maskedPaths and readonlyPaths (checklist K).
load ../lib/common

@test "spec K maskedPaths: a file reads as empty and takes no write" {
	echo secret >"$B/rootfs/wk/file"
	config '.linux.maskedPaths = ["/wk/file"]'
	run_probe cat /wk/file -- stat /wk/file -- write /wk/file x
	mentions_not secret
	mentions 'stat /wk/file=char .*rdev=1:3'
	equal "$(cat "$B/rootfs/wk/file")" secret
}

@test "spec K maskedPaths: a directory is empty and read-only" {
	mkdir "$B/rootfs/wk/dir"
	echo secret >"$B/rootfs/wk/dir/file"
	config '.linux.maskedPaths = ["/wk/dir"]'
	run_probe ls /wk/dir -- stat /wk/dir/file -- write /wk/dir/new
	mentions_not '^entry '
	says 'stat /wk/dir/file=ENOENT'
	says 'write=EROFS'
}

@test "spec K maskedPaths: an absent path is skipped" {
	config '.linux.maskedPaths = ["/nowhere", "/nowhere/below"]'
	run_probe echo hi
	says hi
}

@test "spec K maskedPaths: a path below a file is skipped" {
	config '.linux.maskedPaths = ["/probe/not-a-directory"]'
	run_probe echo hi
	says hi
}

@test "spec K maskedPaths: many" {
	local i
	for i in $(seq 40); do echo secret >"$B/rootfs/wk/f$i"; done
	for i in $(seq 40); do mkdir "$B/rootfs/wk/d$i"; done
	config '.linux.maskedPaths = [range(1; 41) | "/wk/f\(.)", "/wk/d\(.)"]'
	run_probe cat /wk/f1 /wk/f40 -- write /wk/d40/x
	mentions_not secret
	says 'write=EROFS'
}

@test "spec K maskedPaths: files of /proc and /sys" {
	run_probe stat /proc/keys /proc/timer_list -- ls /sys/firmware
	mentions 'stat /proc/keys=char .*rdev=1:3'
	mentions 'stat /proc/timer_list=char .*rdev=1:3'
	mentions_not '^entry '
}

@test "spec K maskedPaths: a link does not move the mask out of the container" {
	echo keep >"$T/canary"
	ln -s "$T/canary" "$B/rootfs/wk/link"
	config '.linux.maskedPaths = ["/wk/link"]'
	payload echo hi
	run_bundle
	equal "$(cat "$T/canary")" keep
	never grep -q "$T/canary" /proc/self/mountinfo
}

@test "spec K maskedPaths: cannot be unmounted without the capability, or remounted" {
	echo secret >"$B/rootfs/wk/file"
	config '.linux.maskedPaths = ["/wk/file"]'
	run_probe umount /wk/file -- cat /wk/file
	says umount=EPERM
	mentions_not secret
}

@test "spec K maskedPaths: /dev/null of the image does not become the mask (CVE-2025-31133)" {
	echo secret >"$B/rootfs/wk/file"
	without_mount /dev/pts
	without_mount /dev/shm
	without_mount /dev/mqueue
	without_mount /dev
	echo planted >"$B/rootfs/dev/null"
	config '.linux.maskedPaths = ["/wk/file"]'
	payload cat /wk/file -- stat /wk/file
	run_bundle
	mentions_not secret
	mentions_not planted
	[ "$status" != 0 ] || mentions 'stat /wk/file=char .*rdev=1:3'
}

@test "spec K readonlyPaths: a file and a directory" {
	mkdir "$B/rootfs/wk/dir"
	echo data >"$B/rootfs/wk/file"
	config '.linux.readonlyPaths = ["/wk/file", "/wk/dir"]'
	run_probe write /wk/file -- echo -- write /wk/dir/new -- echo -- cat /wk/file -- write /wk/control
	equal "$(grep -c 'write=EROFS' <<<"$output")" 2
	equal "$(grep -c 'write=ok' <<<"$output")" 1
	says data
}

@test "spec K readonlyPaths: an absent path is skipped" {
	config '.linux.readonlyPaths = ["/nowhere"]'
	run_probe echo hi
	says hi
}

@test "spec K readonlyPaths: a mount below stays visible" {
	add_mount /wk/sub tmpfs below
	config '.linux.readonlyPaths = ["/wk"]'
	run_probe write /wk/x -- mounts
	says write=EROFS
	mount_has /wk/sub source=below
}

@test "spec K readonlyPaths: keep the other flags of the mount" {
	add_mount /wk tmpfs t nosuid nodev noexec
	config '.linux.readonlyPaths = ["/wk"]'
	run_probe mounts
	mount_has /wk 'opts=ro,' nosuid nodev noexec
}

@test "spec K readonlyPaths: /proc/sys cannot be written" {
	all_caps
	run_probe write-file /proc/sys/net/ipv4/ip_forward 1
	says write-file=EROFS
}

@test "spec K: nested: a mask below a read-only path, in either order" {
	mkdir -p "$B/rootfs/wk/a"
	echo secret >"$B/rootfs/wk/a/s"
	config '.linux.readonlyPaths = ["/wk"] | .linux.maskedPaths = ["/wk/a"]'
	run_probe stat /wk/a/s -- write /wk/x
	says 'stat /wk/a/s=ENOENT'
	says write=EROFS
}

@test "spec K: hold in a user namespace" {
	echo secret >"$B/rootfs/wk/file"
	user_ns
	config '.linux.maskedPaths += ["/wk/file"] | .linux.readonlyPaths += ["/etc"]'
	run_probe cat /wk/file -- write /etc/x -- umount /wk/file
	mentions_not secret
	says write=EROFS
	mentions '^umount=E'
}

@test "spec K: a relative path is an error or below /" {
	echo secret >"$B/rootfs/wk/file"
	config '.linux.maskedPaths = ["work/file"]'
	payload cat /wk/file
	run_bundle
	mentions_not secret
}
