#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# agentrun in a container of agentrun: what the outer one took away, the inner one does
# without, or says so.
load ../lib/common
load ../lib/canary

setup() {
	test_begin
	requires agentrun
	canary_begin
	# the inner bundle and the runtime, in the outer root file system
	cp "$AGENTRUN_BUILD/agentrun" "$B/rootfs/agentrun"
	make_bundle "$B/rootfs/inner"
	mkdir -p "$B/rootfs/run"
	config '.process.args = ["/agentrun", "--class", "none", "--cgroup-manager", "disabled", "--root", "/run/ar",
			"run", "-b", "/inner", "inner"]
		| .process.noNewPrivileges = false'
	add_mount /run tmpfs tmpfs nosuid nodev
	all_caps
	inner 'del(.linux.cgroupsPath) | del(.linux.resources)'
}

# inner FILTER: change the inner config.json
inner() {
	jq "$@" <"$B/rootfs/inner/config.json" >"$T/inner.new"
	cat "$T/inner.new" >"$B/rootfs/inner/config.json"
}
inner_payload() { inner '.process.args = $ARGS.positional' --args -- /probe "$@"; }

@test "nested: in a privileged container" {
	config 'del(.linux.maskedPaths, .linux.readonlyPaths)'
	inner_payload mounts -- write /x text -- pids
	run_bundle
	assert_status 0
	says write=ok
	mount_has /proc fstype=proc
	mount_has /dev fstype=tmpfs
	[ -e "$B/rootfs/inner/rootfs/x" ]
	contained
}
@test "nested: in a container with a user namespace, nothing masked" {
	user_ns
	config 'del(.linux.maskedPaths, .linux.readonlyPaths)'
	inner_payload mounts -- stat /dev/null -- write /dev/null x
	run_bundle
	assert_status 0
	says write=ok
	mentions "stat /dev/null=char .*rdev=1:3"
	contained
}
@test "nested: where the outer masks forbid a new procfs, the outer one is bound, masks and all" {
	user_ns
	inner_payload mounts -- cat /proc/timer_list -- write-file /proc/sys/kernel/shmmax 4096
	run_bundle
	assert_status 0
	mount_has /proc fstype=proc
	says_not write-file=ok
	contained
}
@test "nested: in an unprivileged container it is refused with a reason" {
	config '.process.capabilities = {} | .process.noNewPrivileges = true'
	inner_payload true
	run_bundle
	assert_failure
	mentions . || complains "agentrun"
	contained
}
@test "nested: hostile links in the inner image stay in the inner root" {
	config 'del(.linux.maskedPaths, .linux.readonlyPaths)'
	mkdir "$B/rootfs/outer-secret"
	ln -s /outer-secret "$B/rootfs/inner/rootfs/etc/link"
	inner '.mounts += [{destination: "/etc/link/made", type: "tmpfs", source: "tmpfs"}]'
	inner_payload true
	run_bundle
	equal "$(ls -A "$B/rootfs/outer-secret")" ""
	contained
}
