#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Hostile images: every path that the runtime touches, with something else in its place.
# Either the container runs contained or it is refused; the host's canary stays as it was.
load ../lib/common
load ../lib/canary

setup() {
	test_begin
	canary_begin
}

KINDS="absolute relative dangling loop self fifo socket device file"

# plant KIND PATH: put that into the root file system, in place of what is there
plant() {
	local kind=$1 p=$B/rootfs/$2
	rm -rf "$p"
	mkdir -p "$(dirname "$p")"
	case $kind in
	absolute) ln -s "$CANARY" "$p" ;;
	relative) ln -s "../../../../../../../../../..$CANARY" "$p" ;;
	dangling) ln -s "$CANARY/new" "$p" ;;
	loop) ln -s "$(basename "$p").2" "$p" && ln -s "$(basename "$p")" "$p.2" ;;
	self) ln -s "$(basename "$p")" "$p" ;;
	fifo) mkfifo "$p" ;;
	socket) python3 -c 'import os, socket, sys; os.chdir(os.path.dirname(sys.argv[1])); socket.socket(socket.AF_UNIX).bind(os.path.basename(sys.argv[1]))' "$p" ;;
	device) mknod "$p" c 1 5 ;;
	file) echo planted >"$p" ;;
	esac
}

# every KIND planted at PATH, then the bundle is run
every_kind() {
	local kind
	for kind in $KINDS; do
		rm -rf --one-file-system "$B/rootfs"
		make_bundle "$B.new" && mv "$B.new/rootfs" "$B/rootfs" && rm -rf "$B.new"
		plant "$kind" "$1"
		rt run -b "$B" "$ID"
		contained "$kind at $1"
		[ -z "${2-}" ] || [ "$status" != 0 ] || fail "$kind at $1 was accepted"
		residue
	done
}

@test "hardening: /proc of the image is a link or no directory: refused (CVE-2019-19921)" {
	payload true
	every_kind proc refused
}
@test "hardening: the refusal names /proc" {
	payload true
	plant absolute proc
	run_bundle
	refused /proc
	plant absolute sys
	rm -rf "$B/rootfs/proc" && mkdir "$B/rootfs/proc"
	run_bundle
	refused /sys
}
@test "hardening: /sys of the image is a link or no directory: refused (CVE-2023-27561)" {
	payload true
	every_kind sys refused
}
@test "hardening: /dev of the image, under a tmpfs" {
	payload true
	every_kind dev
}
@test "hardening: /dev of the image, with no mount on it (CVE-2026-41579, CVE-2026-47766)" {
	payload true
	without_dev
	every_kind dev
}
@test "hardening: /dev/null of the image (CVE-2026-88265)" {
	payload true
	without_dev
	every_kind dev/null
}
@test "hardening: /dev/ptmx of the image" {
	payload true
	without_dev
	every_kind dev/ptmx
}
@test "hardening: /dev/fd and /dev/stdout of the image" {
	payload true
	without_dev
	every_kind dev/fd
	every_kind dev/stdout
}
@test "hardening: /dev/pts of the image" {
	payload true
	without_mount /dev
	every_kind dev/pts
}
@test "hardening: /dev/shm of the image" {
	payload true
	without_mount /dev
	every_kind dev/shm
}
@test "hardening: /dev/mqueue of the image" {
	payload true
	without_mount /dev
	every_kind dev/mqueue
}
@test "hardening: a bind on /etc/hosts, /etc turned into something else (CVE-2015-3629)" {
	echo bound >"$T/hosts"
	payload true
	add_mount /etc/hosts bind "$T/hosts" bind
	every_kind etc
}
@test "hardening: a bind on /etc/hosts, that turned into something else (CVE-2019-18837)" {
	echo bound >"$T/hosts"
	payload true
	add_mount /etc/hosts bind "$T/hosts" bind
	every_kind etc/hosts
}
@test "hardening: a bind of a directory on /a/b, /a or /a/b turned into something else" {
	mkdir "$T/src"
	payload true
	add_mount /a/b bind "$T/src" rbind
	every_kind a
	every_kind a/b
}
@test "hardening: a tmpfs on /a/b, /a or /a/b turned into something else" {
	payload true
	add_mount /a/b tmpfs tmpfs tmpcopyup
	every_kind a
	every_kind a/b
}
@test "hardening: a device below /a, turned into something else" {
	payload true
	config '.linux.devices = [{path: "/a/zero", type: "c", major: 1, minor: 5}]'
	every_kind a
	every_kind a/zero
}
@test "hardening: the working directory, turned into something else" {
	payload true
	config '.process.cwd = "/a/b"'
	every_kind a
	every_kind a/b
}
@test "hardening: a masked and a read-only path, turned into something else" {
	payload true
	config '.linux.maskedPaths += ["/a/b"] | .linux.readonlyPaths += ["/a/c"]'
	every_kind a
	every_kind a/b
	every_kind a/c
}

@test "hardening: an absolute link as mount target stays in the container" {
	echo bound >"$T/hosts"
	ln -s "$CANARY/file" "$B/rootfs/etc/hosts"
	payload cat /etc/hosts
	add_mount /etc/hosts bind "$T/hosts" bind
	run_bundle
	assert_status 0
	mentions bound
	contained
	equal "$(cat "$CANARY/file")" keep
}
@test "hardening: a link into /proc does not open /proc to mounts" {
	ln -s /proc "$B/rootfs/p"
	echo bound >"$T/file"
	payload true
	add_mount /p/self/attr bind "$CANARY" rbind
	run_bundle
	refused
	config '.mounts |= map(select(.destination != "/p/self/attr"))'
	add_mount /p/version bind "$T/file" bind
	run_bundle
	refused "proc"
	contained
}
@test "hardening: nothing but a procfs on /proc (CVE-2019-16884)" {
	mkdir -p "$T/fake/self/attr" "$T/fake/1"
	: >"$T/fake/self/attr/exec"
	payload true
	without_mount /proc
	add_mount /proc tmpfs tmpfs
	run_bundle
	refused /proc
	without_mount /proc
	add_mount /proc bind "$T/fake" rbind
	run_bundle
	refused /proc
	equal "$(cat "$T/fake/self/attr/exec")" ""
}
@test "hardening: nothing on /proc/self, /proc/sys, /proc/1 (CVE-2025-52881)" {
	local d
	payload true
	config '.linux.sysctl = {"kernel.shmmax": "4096"}'
	for d in /proc/self /proc/sys /proc/1 /proc/self/attr /proc/thread-self /proc/sys/kernel; do
		add_mount "$d" tmpfs tmpfs
		run_bundle
		refused "inside /proc"
		without_mount "$d"
	done
	contained
}
@test "hardening: a sysctl is really in force, and only in the container (CVE-2022-0532)" {
	payload sysctl kernel.shmmax
	config '.linux.sysctl = {"kernel.shmmax": "4096"}'
	run_bundle
	assert_status 0
	mentions 4096
	without_ns ipc
	run_bundle
	refused shmmax
	contained
}
@test "hardening: sysctls that are paths or the host's (CVE-2022-0811)" {
	local k
	payload true
	for k in kernel.core_pattern kernel/core_pattern ../kernel/core_pattern net/../kernel/core_pattern \
		net.ipv4//ip_forward kernel.shmmax+kernel.core_pattern "kernel.shmmax
kernel.core_pattern" .. . / vm.overcommit_memory fs.file-max kernel.hostname; do
		config --arg k "$k" '.linux.sysctl = {($k): "1"}'
		run_bundle
		refused
	done
	config '.linux.sysctl = {"kernel.shmmax": "1\n|/bin/sh"}'
	run_bundle
	refused
	contained
}
@test "hardening: the host's null device keeps owner and mode (CVE-2026-88265)" {
	payload chown /proc/keys 1234 1234 -- chmod /proc/keys 0600 -- chown /dev/null 77 77
	all_caps
	run_bundle
	assert_status 0
	says chown=EROFS
	says chmod=EROFS
	contained
}
@test "hardening: /dev/console of the image is a link (CVE-2026-88264)" {
	payload true
	without_mount /dev
	config '.process.terminal = true'
	plant dangling dev/console
	background "$RECVFD" tty "$T/sock" >"$T/recv" 2>&1 </dev/null
	wait_until test -S "$T/sock"
	create --console-socket "$T/sock"
	contained
	assert_failure
	rm -f "$B/rootfs/dev/console" "$T/sock"
	plant absolute dev/console
	background "$RECVFD" tty "$T/sock" >"$T/recv" 2>&1 </dev/null
	wait_until test -S "$T/sock"
	create --console-socket "$T/sock"
	contained
	assert_failure
}
@test "hardening: /dev/pts that is no devpts gives no terminal" {
	payload true
	without_mount /dev/pts
	config '.process.terminal = true'
	background "$RECVFD" tty "$T/sock" >"$T/recv" 2>&1 </dev/null
	wait_until test -S "$T/sock"
	create --console-socket "$T/sock"
	assert_failure
	contained
}
@test "hardening: a rootfs that is / is refused" {
	payload true
	config '.root.path = "/"'
	run_bundle
	refused
	contained
}
@test "hardening: without pivot the host's /proc and /sys are out of reach" {
	payload mounts -- ls / -- open /../../proc/1/root dir
	rt run --no-pivot -b "$B" "$ID"
	assert_status 0
	mentions_not "$CANARY"
	contained
}
@test "hardening: no mount of the container appears on the host, also with shared propagation" {
	payload true
	config '.linux.rootfsPropagation = "rshared"'
	add_mount /mnt tmpfs tmpfs
	run_bundle
	assert_status 0
	contained
}
@test "hardening: rootless cgroupfs without a cgroup namespace is read-only (CVE-2023-25809)" {
	payload mounts
	user_ns
	add_mount /sys/fs/cgroup cgroup cgroup ro nosuid noexec nodev
	run_bundle
	assert_status 0
	mount_has /sys/fs/cgroup "opts=ro|[ ,=]ro[, ]"
	contained
}
@test "hardening: a mount namespace that is joined is not changed" {
	background unshare -m --propagation private sleep 60
	local ns=$!
	wait_until test "$(readlink /proc/$ns/ns/mnt)" != "$(readlink /proc/self/ns/mnt)"
	cat /proc/$ns/mountinfo >"$T/ns.before"
	with_ns mount /proc/$ns/ns/mnt
	payload ns
	run_bundle
	[ "$status" = 0 ] || [ -n "$stderr" ]
	diff "$T/ns.before" /proc/$ns/mountinfo
	with_ns mount /proc/self/ns/mnt
	run_bundle
	contained
}
@test "hardening: files of a hook get no more rights than the hook asked for" {
	cat >"$B/hook" <<-EOF
		#!/bin/sh
		umask >"$T/umask.\$1"
	EOF
	chmod +x "$B/hook"
	config --arg h "$B/hook" '.hooks = {
		createRuntime: [{path: $h, args: ["hook", "runtime"]}],
		createContainer: [{path: $h, args: ["hook", "container"]}]}'
	payload true
	run_bundle
	assert_status 0
	equal "$(cat "$T/umask.runtime")" 0022
	equal "$(cat "$T/umask.container")" 0022
}
@test "hardening: a remount does not change a file system of the host" {
	mkdir "$T/hostfs"
	mount -t tmpfs -o size=1m,mode=755 tmpfs "$T/hostfs"
	payload statfs /vol
	add_mount /vol bind "$T/hostfs" rbind rprivate
	add_mount /vol none none remount size=64k
	run_bundle
	refused "not the container's own"
	grep " $T/hostfs " /proc/self/mountinfo | grep -q size=1024k
	# its own may be changed
	without_mount /vol
	add_mount /vol tmpfs tmpfs size=1m
	add_mount /vol none none remount size=64k
	run_bundle
	assert_status 0
	umount "$T/hostfs"
}
@test "hardening: without pivot, a root behind a link keeps its own /proc" {
	ln -s "$B/rootfs" "$T/way"
	config --arg r "$T/way" '.root.path = $r'
	payload cat /proc/self/status
	rt run --no-pivot -b "$B" "$ID"
	assert_status 0
	mentions "^Name:"
}
