#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A tree that changes while the runtime works on it: a directory and a link to the host's
# canary are exchanged without pause. RACE_ROUNDS containers each (default 60).
load ../lib/common
load ../lib/canary

setup() {
	test_begin
	canary_begin
	VOL=$T/vol
	mkdir -p "$VOL/d/sub" "$VOL/d/pts"
	: >"$VOL/d/x"
	# what a runtime that follows the link would find behind it
	ln -s "$CANARY" "$VOL/l"
}

shared_volume() { add_mount /vol bind "$VOL" rbind rw; }

@test "race: mount target in a shared volume (CVE-2021-30465)" {
	echo bound >"$T/src"
	shared_volume
	add_mount /vol/d/x bind "$T/src" bind
	payload true
	flip "$VOL" d l
	race
}
@test "race: mount target that must be made (CVE-2024-45310)" {
	echo bound >"$T/src"
	mkdir "$T/srcdir"
	shared_volume
	add_mount /vol/d/new/file bind "$T/src" bind
	add_mount /vol/d/other/dir bind "$T/srcdir" rbind
	payload true
	flip "$VOL" d l
	race
}
@test "race: a link to / in place of the target's directory" {
	rm "$VOL/l"
	ln -s / "$VOL/l"
	mkdir -p "$VOL/d$CANARY/sub"
	shared_volume
	add_mount "/vol/d$CANARY/sub" tmpfs tmpfs
	payload true
	flip "$VOL" d l
	race
}
@test "race: tmpcopyup of a directory in a shared volume" {
	shared_volume
	echo inside >"$VOL/d/sub/inside"
	echo ESCAPED >"$CANARY/sub/file"
	canary_state >"$T/canary.before"
	add_mount /vol/d/sub tmpfs tmpfs tmpcopyup
	payload cat /vol/d/sub/file
	flip "$VOL" d l
	race ESCAPED
}
@test "race: masked and read-only paths in a shared volume" {
	shared_volume
	config '.linux.maskedPaths += ["/vol/d/x", "/vol/d/sub"] | .linux.readonlyPaths += ["/vol/d/pts"]'
	payload true
	flip "$VOL" d l
	race
}
@test "race: working directory in a shared volume" {
	shared_volume
	config '.process.cwd = "/vol/d/cwd/deep"'
	payload true
	flip "$VOL" d l
	race
}
@test "race: device nodes in a shared volume" {
	shared_volume
	config '.linux.devices = [{path: "/vol/d/zero", type: "c", major: 1, minor: 5}]'
	payload true
	flip "$VOL" d l
	race
}
@test "race: /dev/null turned into another file while masks are made (CVE-2025-31133)" {
	without_dev
	echo SECRET >"$B/rootfs/wk/secret"
	ln -s /proc/sys/kernel/core_pattern "$B/rootfs/dev/evil"
	mknod -m 666 "$B/rootfs/dev/null" c 1 3
	config '.linux.maskedPaths += ["/wk/secret"]'
	payload cat /wk/secret
	flip "$B/rootfs/dev" null evil
	race SECRET
}
@test "race: /dev/pts replaced while the terminal is made (CVE-2025-52565)" {
	local i
	without_mount /dev
	mkdir -p "$B/rootfs/dev/pts" "$B/rootfs/dev/shm" "$B/rootfs/dev/mqueue"
	ln -s "$CANARY/pts" "$B/rootfs/dev/evil"
	config '.process.terminal = true'
	payload true
	flip "$B/rootfs/dev" pts evil
	for ((i = 0; i < RACE_ROUNDS / 3; i++)); do
		background "$RECVFD" tty "$T/sock$i" >/dev/null 2>&1 </dev/null
		wait_until test -S "$T/sock$i"
		create --console-socket "$T/sock$i"
		[ "$status" = 0 ] || [ -n "$stderr" ] || fail "refused without a word"
		rt delete --force "$ID"
	done
	unflip
	canary_intact
}
@test "race: /dev/console replaced while the terminal is bound" {
	local i
	without_mount /dev
	mkdir -p "$B/rootfs/dev/pts" "$B/rootfs/dev/shm" "$B/rootfs/dev/mqueue"
	: >"$B/rootfs/dev/console"
	ln -s "$CANARY/console" "$B/rootfs/dev/evil"
	config '.process.terminal = true'
	payload true
	flip "$B/rootfs/dev" console evil
	for ((i = 0; i < RACE_ROUNDS / 3; i++)); do
		background "$RECVFD" tty "$T/sock$i" >/dev/null 2>&1 </dev/null
		wait_until test -S "$T/sock$i"
		create --console-socket "$T/sock$i"
		[ "$status" = 0 ] || [ -n "$stderr" ] || fail "refused without a word"
		rt delete --force "$ID"
	done
	unflip
	canary_intact
}
@test "race: /proc of the image exchanged for a link (CVE-2023-27561)" {
	ln -s "$CANARY" "$B/rootfs/evil"
	payload cat /proc/self/status
	flip "$B/rootfs" proc evil
	race
}
@test "race: /dev of the image exchanged for a link (CVE-2026-41579)" {
	without_dev
	ln -s "$CANARY" "$B/rootfs/evil"
	payload true
	flip "$B/rootfs" dev evil
	race
}
@test "race: the root of the image's /etc exchanged for a link, files bound below" {
	echo bound >"$T/hosts"
	: >"$CANARY/hosts"
	canary_state >"$T/canary.before"
	: >"$B/rootfs/etc/hosts"
	ln -s "$CANARY" "$B/rootfs/evil"
	add_mount /etc/hosts bind "$T/hosts" bind ro
	payload true
	flip "$B/rootfs" etc evil
	race
}
