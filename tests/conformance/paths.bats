#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runtime spec 1.3.0, maskedPaths and readonlyPaths (checklist K).
load ../lib/common

@test "spec K maskedPaths: a file reads as empty and takes no write" {
	echo secret >"$B/rootfs/work/file"
	config '.linux.maskedPaths = ["/work/file"]'
	run_probe cat /work/file -- stat /work/file -- write /work/file x
	mentions_not secret
	mentions 'stat /work/file=char .*rdev=1:3'
	equal "$(cat "$B/rootfs/work/file")" secret
}

@test "spec K maskedPaths: a directory is empty and read-only" {
	mkdir "$B/rootfs/work/dir"
	echo secret >"$B/rootfs/work/dir/file"
	config '.linux.maskedPaths = ["/work/dir"]'
	run_probe ls /work/dir -- stat /work/dir/file -- write /work/dir/new
	mentions_not '^entry '
	says 'stat /work/dir/file=ENOENT'
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
	for i in $(seq 40); do echo secret >"$B/rootfs/work/f$i"; done
	for i in $(seq 40); do mkdir "$B/rootfs/work/d$i"; done
	config '.linux.maskedPaths = [range(1; 41) | "/work/f\(.)", "/work/d\(.)"]'
	run_probe cat /work/f1 /work/f40 -- write /work/d40/x
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
	ln -s "$T/canary" "$B/rootfs/work/link"
	config '.linux.maskedPaths = ["/work/link"]'
	payload echo hi
	run_bundle
	equal "$(cat "$T/canary")" keep
	never grep -q "$T/canary" /proc/self/mountinfo
}

@test "spec K maskedPaths: cannot be unmounted without the capability, or remounted" {
	echo secret >"$B/rootfs/work/file"
	config '.linux.maskedPaths = ["/work/file"]'
	run_probe umount /work/file -- cat /work/file
	says umount=EPERM
	mentions_not secret
}

@test "spec K maskedPaths: /dev/null of the image does not become the mask (CVE-2025-31133)" {
	echo secret >"$B/rootfs/work/file"
	without_mount /dev/pts
	without_mount /dev/shm
	without_mount /dev/mqueue
	without_mount /dev
	echo planted >"$B/rootfs/dev/null"
	config '.linux.maskedPaths = ["/work/file"]'
	payload cat /work/file -- stat /work/file
	run_bundle
	mentions_not secret
	mentions_not planted
	[ "$status" != 0 ] || mentions 'stat /work/file=char .*rdev=1:3'
}

@test "spec K readonlyPaths: a file and a directory" {
	mkdir "$B/rootfs/work/dir"
	echo data >"$B/rootfs/work/file"
	config '.linux.readonlyPaths = ["/work/file", "/work/dir"]'
	run_probe write /work/file -- echo -- write /work/dir/new -- echo -- cat /work/file -- write /work/control
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
	add_mount /work/sub tmpfs below
	config '.linux.readonlyPaths = ["/work"]'
	run_probe write /work/x -- mounts
	says write=EROFS
	mount_has /work/sub source=below
}

@test "spec K readonlyPaths: keep the other flags of the mount" {
	add_mount /work tmpfs t nosuid nodev noexec
	config '.linux.readonlyPaths = ["/work"]'
	run_probe mounts
	mount_has /work 'opts=ro,' nosuid nodev noexec
}

@test "spec K readonlyPaths: /proc/sys cannot be written" {
	all_caps
	run_probe write-file /proc/sys/net/ipv4/ip_forward 1
	says write-file=EROFS
}

@test "spec K: nested: a mask below a read-only path, in either order" {
	mkdir -p "$B/rootfs/work/a"
	echo secret >"$B/rootfs/work/a/s"
	config '.linux.readonlyPaths = ["/work"] | .linux.maskedPaths = ["/work/a"]'
	run_probe stat /work/a/s -- write /work/x
	says 'stat /work/a/s=ENOENT'
	says write=EROFS
}

@test "spec K: hold in a user namespace" {
	echo secret >"$B/rootfs/work/file"
	user_ns
	config '.linux.maskedPaths += ["/work/file"] | .linux.readonlyPaths += ["/etc"]'
	run_probe cat /work/file -- write /etc/x -- umount /work/file
	mentions_not secret
	says write=EROFS
	mentions '^umount=E'
}

@test "spec K: a relative path is an error or below /" {
	echo secret >"$B/rootfs/work/file"
	config '.linux.maskedPaths = ["work/file"]'
	payload cat /work/file
	run_bundle
	mentions_not secret
}
