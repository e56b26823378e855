#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runtime spec 1.3.0, linux.devices and resources.devices (checklist J).
load ../lib/common

@test "spec J defaults: null zero full random urandom tty ptmx and the links" {
	run_probe stat /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/ptmx /dev/fd /dev/stdin /dev/stdout /dev/stderr
	mentions 'stat /dev/null=char mode=0666 uid=0 gid=0 rdev=1:3'
	mentions 'stat /dev/zero=char mode=0666 uid=0 gid=0 rdev=1:5'
	mentions 'stat /dev/full=char mode=0666 uid=0 gid=0 rdev=1:7'
	mentions 'stat /dev/random=char mode=0666 uid=0 gid=0 rdev=1:8'
	mentions 'stat /dev/urandom=char mode=0666 uid=0 gid=0 rdev=1:9'
	mentions 'stat /dev/tty=char mode=0666 uid=0 gid=0 rdev=5:0'
	mentions 'stat /dev/fd=link .*target=/proc/self/fd$'
	mentions 'stat /dev/stdin=link .*target=/proc/self/fd/0$'
	mentions 'stat /dev/stdout=link .*target=/proc/self/fd/1$'
	mentions 'stat /dev/stderr=link .*target=/proc/self/fd/2$'
}

@test "spec J defaults: can be used under deny-all rules" {
	run_probe write /dev/null -- read /dev/zero -- read /dev/urandom -- open /dev/full rw
	says write=ok
	equal "$(grep -c 'read=ok' <<<"$output")" 2
	says open=ok
}

@test "spec J devices: type c, mode and owner" {
	config '.linux.devices = [{path: "/dev/mine", type: "c", major: 1, minor: 5, fileMode: 420, uid: 12, gid: 34}]'
	run_probe stat /dev/mine
	mentions 'stat /dev/mine=char mode=0644 uid=12 gid=34 rdev=1:5'
}

@test "spec J devices: mode is 0666 and the owner root by default, umask does not count" {
	config '.linux.devices = [{path: "/dev/mine", type: "c", major: 1, minor: 5}] | .process.user.umask = 63'
	run_probe stat /dev/mine
	mentions 'stat /dev/mine=char mode=0666 uid=0 gid=0'
}

@test "spec J devices: types u, b and p" {
	config '.linux.devices = [{path: "/dev/u1", type: "u", major: 1, minor: 3}, {path: "/dev/b1", type: "b", major: 7, minor: 99},
		{path: "/dev/p1", type: "p"}]'
	run_probe stat /dev/u1 /dev/b1 /dev/p1
	mentions 'stat /dev/u1=char .*rdev=1:3'
	mentions 'stat /dev/b1=block .*rdev=7:99'
	mentions 'stat /dev/p1=fifo'
}

@test "spec J devices: outside of /dev, in a directory that is made" {
	config '.linux.devices = [{path: "/made/here/node", type: "c", major: 1, minor: 3}]'
	run_probe stat /made/here/node
	mentions 'stat /made/here/node=char .*rdev=1:3'
}

@test "spec J devices: an unknown type is an error" {
	config '.linux.devices = [{path: "/dev/x", type: "z", major: 1, minor: 3}]'
	run_bundle
	refused
}

@test "spec J devices: a default node given again is accepted" {
	config '.linux.devices = [{path: "/dev/null", type: "c", major: 1, minor: 3, fileMode: 438}]'
	run_probe stat /dev/null
	mentions 'stat /dev/null=char .*rdev=1:3'
}

@test "spec J devices: one that exists with other numbers is an error" {
	requires agentrun
	without_mount /dev/pts
	without_mount /dev/shm
	without_mount /dev/mqueue
	without_mount /dev
	mknod "$B/rootfs/dev/mine" c 1 3
	config '.linux.devices = [{path: "/dev/mine", type: "c", major: 1, minor: 5}]'
	run_bundle
	refused
}

@test "spec J: /dev as a symlink of the image does not reach the host (CVE-2026-41579)" {
	mkdir "$T/canary"
	without_mount /dev/pts
	without_mount /dev/shm
	without_mount /dev/mqueue
	without_mount /dev
	rmdir "$B/rootfs/dev"
	ln -s "$T/canary" "$B/rootfs/dev"
	config '.linux.devices = [{path: "/dev/mine", type: "c", major: 1, minor: 5}]'
	payload echo hi
	run_bundle
	[ -z "$(ls -A "$T/canary")" ] || fail "made on the host: $(ls "$T/canary")"
}

@test "spec J rules: deny all, and nothing but what is listed" {
	config '.linux.devices = [{path: "/dev/kmsg2", type: "c", major: 1, minor: 11}, {path: "/dev/loop77", type: "b", major: 7, minor: 77}]'
	all_caps
	run_probe open /dev/kmsg2 -- echo -- open /dev/loop77
	equal "$(grep -c 'open=EPERM' <<<"$output")" 2
}

@test "spec J rules: an allowed device can be opened" {
	config '.linux.devices = [{path: "/dev/kmsg2", type: "c", major: 1, minor: 11}]
		| .linux.resources.devices += [{allow: true, type: "c", major: 1, minor: 11, access: "rw"}]'
	all_caps
	run_probe open /dev/kmsg2 w
	says open=ok
}

@test "spec J rules: access letters: r alone does not give w or rw" {
	config '.linux.devices = [{path: "/dev/kmsg2", type: "c", major: 1, minor: 11}]
		| .linux.resources.devices += [{allow: true, type: "c", major: 1, minor: 11, access: "r"}]'
	all_caps
	run_probe open /dev/kmsg2 r,nonblock -- open /dev/kmsg2 w -- open /dev/kmsg2 rw,nonblock
	equal "$(tr '\n' ' ' <<<"$output")" 'open=ok open=EPERM open=EPERM '
}

@test "spec J rules: a deny of w leaves r and takes rw" {
	config '.linux.devices = [{path: "/dev/kmsg2", type: "c", major: 1, minor: 11}]
		| .linux.resources.devices += [{allow: true, type: "c", major: 1, minor: 11, access: "rwm"},
			{allow: false, type: "c", major: 1, minor: 11, access: "w"}]'
	all_caps
	run_probe open /dev/kmsg2 r,nonblock -- open /dev/kmsg2 w -- open /dev/kmsg2 rw,nonblock
	equal "$(tr '\n' ' ' <<<"$output")" 'open=ok open=EPERM open=EPERM '
}

@test "spec J rules: wildcards" {
	config '.linux.devices = [{path: "/dev/kmsg2", type: "c", major: 1, minor: 11}]
		| .linux.resources.devices += [{allow: true, type: "c", major: 1, access: "rwm"}]'
	all_caps
	run_probe open /dev/kmsg2 w
	says open=ok
	config '.linux.resources.devices[1] = {allow: true, type: "c", major: 1, minor: -1, access: "w"}'
	run_probe open /dev/kmsg2 w
	says open=ok
}

@test "spec J rules: type a allows everything" {
	config '.linux.devices = [{path: "/dev/kmsg2", type: "c", major: 1, minor: 11}]
		| .linux.resources.devices = [{allow: true, type: "a", access: "rwm"}]'
	all_caps
	run_probe open /dev/kmsg2 w
	says open=ok
}

@test "spec J rules: without any rule everything not default is denied (GHSA-g54h-m393-cpwq)" {
	requires agentrun
	config '.linux.devices = [{path: "/dev/kmsg2", type: "c", major: 1, minor: 11}] | del(.linux.resources.devices)'
	all_caps
	run_probe open /dev/kmsg2 w
	says open=EPERM
}

@test "spec J rules: the default nodes can be made by mknod under deny-all" {
	config '.process.capabilities.bounding += ["CAP_MKNOD"] | .process.capabilities.effective += ["CAP_MKNOD"]
		| .process.capabilities.permitted += ["CAP_MKNOD"]'
	run_probe mknod /dev/null2 c 1 3
	says mknod=ok
}

@test "spec J rules: hold for exec" {
	config '.linux.devices = [{path: "/dev/kmsg2", type: "c", major: 1, minor: 11}]'
	all_caps
	launch pause
	in_container open /dev/kmsg2 w
	says open=EPERM
}

@test "spec J rules: a bad access string or type is an error" {
	config '.linux.resources.devices = [{allow: true, type: "c", major: 1, minor: 1, access: "rwx"}]'
	run_bundle
	refused
	config '.linux.resources.devices = [{allow: true, type: "q", major: 1, minor: 1, access: "rw"}]'
	run_bundle
	refused
}

@test "spec J console: /dev/console is the terminal's slave" {
	console_run stat /dev/console -- tty
	mentions 'stat /dev/console=char .*rdev=136:'
}

# console_run VERB...: with a terminal; $output is what it said
console_run() {
	config '.process.terminal = true'
	payload "$@"
	background "$RECVFD" tty "$T/sock" >"$T/tty.out" </dev/null
	wait_until test -S "$T/sock"
	create --console-socket "$T/sock"
	assert_status 0
	rt start "$ID"
	assert_status 0
	wait "${BG[-1]}" || true
	output=$(tr -d '\r' <"$T/tty.out")
}

@test "spec C terminal: the three descriptors are one terminal, the controlling one" {
	console_run tty
	says 'isatty 0=1'
	says 'isatty 1=1'
	says 'isatty 2=1'
	mentions '^ttyname=/dev/(pts/0|console)'
	says 'devtty=ok'
}

@test "spec C consoleSize: height and width" {
	config '.process.consoleSize = {height: 33, width: 77}'
	console_run tty
	says 'rows=33 cols=77'
}

@test "spec C terminal: the slave belongs to the process user" {
	config '.process.user = {uid: 1000, gid: 1000}'
	console_run stat /dev/pts/0
	mentions 'stat /dev/pts/0=char .* uid=1000 '
}

@test "spec J console: a link at /dev/console is not followed (CVE-2026-88264)" {
	mkdir "$T/canary"
	without_mount /dev/pts
	without_mount /dev/shm
	without_mount /dev/mqueue
	without_mount /dev
	config '.mounts += [{destination: "/dev/pts", type: "devpts", source: "devpts", options: ["newinstance", "ptmxmode=0666"]}]'
	ln -s "$T/canary/new" "$B/rootfs/dev/console"
	config '.process.terminal = true'
	payload echo hi
	background "$RECVFD" tty "$T/sock" >"$T/tty.out" </dev/null
	wait_until test -S "$T/sock"
	create --console-socket "$T/sock"
	[ "$status" != 0 ] || rt start "$ID"
	[ -z "$(ls -A "$T/canary")" ]
}
