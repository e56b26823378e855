#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# In a nested container an old filter may forbid the newer system calls. What is done
# without them must be as strict, or the container is refused.
load ../lib/common
load ../lib/canary

setup() {
	test_begin
	requires agentrun
	canary_begin
}

# without ERRNO CALLS: from here on the runtime runs without these calls
without() {
	cat >"$T/runtime" <<-EOF
		#!/bin/sh
		exec strace -f -qq -o /dev/null -e trace=$2 -e inject=$2:error=$1 "$AGENTRUN_BUILD/agentrun" "\$@"
	EOF
	chmod +x "$T/runtime"
	RUNTIME=$T/runtime
}

strict_mounts() {
	echo data >"$T/canary/file"
	canary_state >"$T/canary.before"
	mkdir -p "$T/src"
	echo TOPSECRET >"$B/rootfs/wk/secret"
	mkdir -p "$B/rootfs/wk/dir"
	echo TOPSECRET >"$B/rootfs/wk/dir/secret"
	without_mount /bound
	without_mount /t
	add_mount /bound bind "$T/src" bind ro nosuid nodev noexec
	add_mount /t tmpfs tmpfs ro
	config '.linux.maskedPaths += ["/wk/secret", "/wk/dir"] | .linux.readonlyPaths += ["/wk"]
		| .root.readonly = true'
	payload mounts -- cat /wk/secret -- ls /wk/dir -- write /bound/x -- write /t/x \
		-- write /wk/x -- write /proc/sys/kernel/shmmax -- write /x
	run_bundle
}
strict_result() { # $1: may it be refused?
	if [ "$status" != 0 ] && [ "${1-}" = or-refused ]; then
		refused
		return
	fi
	assert_status 0
	mentions_not TOPSECRET
	equal "$(grep -c '^write=EROFS' <<<"$output")" 5 "writes that must fail"
	mount_has /bound ro nosuid nodev noexec
	mount_has /wk/secret 'opts=ro,nosuid'
	contained
}

@test "fallback: the control: with all calls" {
	strict_mounts
	strict_result
}
@test "fallback: openat2 is missing" {
	without ENOSYS openat2
	strict_mounts
	strict_result
}
@test "fallback: openat2 is blocked" {
	without EPERM openat2
	strict_mounts
	strict_result
}
@test "fallback: mount_setattr is missing (kernel 5.10)" {
	without ENOSYS mount_setattr
	strict_mounts
	strict_result
}
@test "fallback: mount_setattr is blocked" {
	without EPERM mount_setattr
	strict_mounts
	strict_result or-refused
}
@test "fallback: the mount calls are blocked" {
	without EPERM fsopen
	strict_mounts
	strict_result or-refused
	without EPERM open_tree
	strict_mounts
	strict_result or-refused
	without EPERM move_mount
	strict_mounts
	strict_result or-refused
}
@test "fallback: rro without mount_setattr is refused, not turned into ro" {
	without ENOSYS mount_setattr
	mkdir "$T/src"
	add_mount /bound bind "$T/src" rbind rro
	payload true
	run_bundle
	refused
}
@test "fallback: links in the image, with openat2 blocked" {
	local l
	without EPERM openat2
	echo bound >"$T/hosts"
	add_mount /a/hosts bind "$T/hosts" bind
	add_mount /b tmpfs tmpfs
	payload cat /a/hosts
	for l in "$CANARY" "../../../../../../..$CANARY" "$CANARY/new" /proc/1/root"$CANARY"; do
		rm -rf "$B/rootfs/a" "$B/rootfs/b"
		ln -s "$l" "$B/rootfs/a"
		ln -s "$l" "$B/rootfs/b"
		run_bundle
		contained "$l"
	done
}
@test "fallback: a race on the mount target, with openat2 blocked" {
	local VOL=$T/vol
	mkdir -p "$VOL/d/sub"
	: >"$VOL/d/x"
	ln -s "$CANARY" "$VOL/l"
	without EPERM openat2
	echo bound >"$T/src"
	add_mount /vol bind "$VOL" rbind rw
	add_mount /vol/d/x bind "$T/src" bind
	add_mount /vol/d/new/dir tmpfs tmpfs
	payload true
	flip "$VOL" d l
	RACE_ROUNDS=$((RACE_ROUNDS / 3))
	race
}

@test "fallback: an init at its gate holds nothing of the host, without close_range" {
	without ENOSYS close_range
	payload pause
	# a directory of the host, leaked by the caller; strace stays as long as init does
	"$RUNTIME" --class none --root "$ROOT" create -b "$B" --pid-file "$T/pid" "$ID" \
		9<"$T" >"$T/out" 2>"$T/err" </dev/null 3>&- 4>&- &
	wait_until test -e "$ROOT/$ID/start"
	readlink "/proc/$(<"$T/pid")/fd/"* >"$T/fds"
	RUNTIME=$AGENTRUN_BUILD/agentrun
	rt delete --force "$ID"
	# the control: its gate is there
	grep -q '/start' "$T/fds"
	never grep -xF "$T" "$T/fds"
}
