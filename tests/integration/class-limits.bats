#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034
# What a program in a container of a class cannot do, and beside it what it can.
load ../lib/common
load ../lib/class
setup() { class_begin; }

@test "network: there is loopback and nothing else" {
	inside execute net
	mentions '^if lo up'
	[ "$(grep -c '^if ' <<<"$output")" = 1 ] || fail "more than loopback"
}

@test "network: nothing outside can be reached, loopback can" {
	inside execute connect 192.0.2.1 80 -- udp 192.0.2.1 53 -- listen 127.0.0.1 8080
	says 'connect=ENETUNREACH'
	says 'udp=ENETUNREACH'
	says 'bind=ok'
	says 'listen=ok'
}

@test "network: the host's namespace is not shared even if the config says so" {
	without_ns network
	inside execute net
	[ "$(grep -c '^if ' <<<"$output")" = 1 ] || fail "more than loopback"
	audited run.declared '.changes | any(test("network of the host"))'
}

@test "network: a namespace by path is not joined" {
	with_ns network /proc/self/ns/net
	inside execute ns -- net
	[ "$(grep -c '^if ' <<<"$output")" = 1 ] || fail "more than loopback"
	audited run.declared '.changes | any(test("not joined"))'
}

@test "network: families beside unix, inet and routing netlink are refused" {
	# AF_UNIX, AF_INET, AF_INET6, AF_NETLINK route
	inside execute socket 1 1 0 -- socket 2 1 0 -- socket 10 1 0 -- socket 16 3 0
	[ "$(grep -cx socket=ok <<<"$output")" = 4 ] || fail "a family that is needed is refused"
	# AF_PACKET, AF_VSOCK, AF_ALG, AF_BLUETOOTH, netlink audit, and AF_VSOCK + 2^32
	run_probe socket 17 3 0 -- socket 40 1 0 -- socket 38 5 0 -- socket 31 3 0 -- socket 16 3 9
	mentions_not 'socket=ok'
	run_probe syscall 41 0x100000028 1 0
	mentions_not 'syscall=ok'
}

@test "capabilities: none is left, whatever the config gives" {
	all_caps
	inside execute status
	says 'cap_eff=0000000000000000'
	says 'cap_prm=0000000000000000'
	says 'cap_bnd=0000000000000000'
	says 'nnp=1'
	audited run.declared '.changes | any(test("capabilities"))'
}

@test "capabilities: a policy can leave one, if the config has it" {
	policy one '.capabilities = ["CAP_KILL", "CAP_SYS_ADMIN"]'
	inside one status
	says 'cap_eff=0000000000000020'
}

@test "filter: namespaces, mounts, ptrace, keyrings, bpf, io_uring are refused" {
	all_caps
	inside execute unshare user -- unshare mnt -- mount none /tmp tmpfs -- umount /proc \
		-- ptrace 1 -- sethostname x
	mentions_not '=ok'
	# io_uring_setup bpf perf_event_open keyctl add_key process_vm_readv pidfd_getfd
	# userfaultfd kexec_load open_by_handle_at fsopen
	for nr in 425 321 298 250 248 310 438 323 246 304 430; do
		run_probe syscall "$nr"
		says 'syscall=EPERM'
	done
}

@test "filter: clone3 is ENOSYS, and clone with new namespaces refused" {
	inside execute syscall 435
	says 'syscall=ENOSYS'
	# CLONE_NEWUSER | SIGCHLD
	run_probe syscall 56 0x10000011 0 0 0 0
	says 'syscall=EPERM'
}

@test "filter: TIOCSTI is refused, also with bits above 32, TIOCGWINSZ is not" {
	inside execute syscall 16 0 0x5412 0
	says 'syscall=EPERM'
	run_probe syscall 16 0 0x100005412 0
	says 'syscall=EPERM'
	run_probe syscall 16 0 0x541c 0
	says 'syscall=EPERM'
	# reaches the kernel: standard input is no terminal
	run_probe syscall 16 0 0x5413 0
	says 'syscall=ENOTTY'
}

@test "filter: two are loaded when the config has one of its own" {
	config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}]}'
	inside execute mkdir /workspace/x -- unshare user
	says 'mkdir=EPERM'
	says 'unshare=EPERM'
}

@test "execute: writes below workspace and /tmp, and nowhere else" {
	inside execute open /workspace/a w,creat -- open /tmp/b w,creat -- mkdir /root/c
	[ "$(grep -cE '=ok$' <<<"$output")" = 3 ] || fail "a directory is not writable"
	run_probe open /etc/x w,creat -- mkdir /x -- open /wk/x w,creat -- unlink /probe \
		-- rename /etc /tmp/etc -- open /probe rw
	mentions_not '=ok$'
}

@test "execute: what was written is gone, and the bundle is as it was" {
	before=$(find "$B/rootfs" -printf '%P %y %s %m %T@\n' | sort | sha256sum)
	inside execute open /workspace/a w,creat -- open /tmp/b w,creat -- ls /workspace
	mentions a
	run_probe ls /workspace -- ls /tmp
	mentions_not '=[ab]$'
	after=$(find "$B/rootfs" -printf '%P %y %s %m %T@\n' | sort | sha256sum)
	equal "$after" "$before" "the root file system of the bundle"
}

@test "execute: the root is as large as the policy says" {
	policy small '.budget.disk = "8MiB"'
	inside small fill /tmp/big 4
	says 'fill=4 all'
	run_probe fill /tmp/big 20
	mentions 'ENOSPC'
}

@test "read: nothing can be written anywhere" {
	inside read open /tmp/a w,creat -- mkdir /x -- open /etc/x w,creat -- unlink /probe \
		-- open /probe rw -- read /probe
	mentions_not '(mkdir|unlink|open)=ok'
}

@test "a request makes the root read-only and leaves the workspace" {
	annotate filesystem.rootfs=readonly
	inside execute open /workspace/a w,creat -- open /tmp/b w,creat
	[ "$(grep -cE '=ok$' <<<"$output")" = 1 ] || fail "not the workspace alone is writable"
}

@test "workspace: a volume is copied, and itself stays as it was" {
	mkdir "$T/volume"
	echo original >"$T/volume/file"
	add_mount /workspace bind "$T/volume" rbind rw
	inside execute cat /workspace/file -- open /workspace/file w,creat -- open /workspace/new w,creat
	mentions original
	equal "$(cat "$T/volume/file")" original
	[ ! -e "$T/volume/new" ] || fail "the volume was written to"
}

@test "mounts: a bind of the host is read-only" {
	mkdir "$T/volume"
	echo original >"$T/volume/file"
	add_mount /data bind "$T/volume" rbind rw
	inside execute cat /data/file -- open /data/file w,creat -- mkdir /data/x
	mentions original
	mentions_not '=ok$'
	equal "$(cat "$T/volume/file")" original
	audited run.declared '.changes | any(test("/data"))'
}

@test "privileges: PID 1 cannot be traced, read, stopped or killed from inside" {
	inside execute ptrace 1 -- open /proc/1/mem rw -- open /proc/1/root -- open /proc/1/fd/3 \
		-- open /proc/1/environ -- kill 1 9 -- kill 1 19 -- kill 1 15 -- echo
	mentions_not '(ptrace|open)=ok'
}

@test "exec: a process of exec carries the same limits" {
	all_caps
	annotate class=execute
	launch pause
	in_container status
	says 'cap_eff=0000000000000000'
	says 'cap_bnd=0000000000000000'
	says 'nnp=1'
	in_container unshare user -- socket 17 3 0 -- open /etc/x w,creat -- connect 192.0.2.1 80
	mentions_not '=ok$'
	in_container open /workspace/x w,creat
	mentions '=ok$'
	rt exec --cap CAP_SYS_ADMIN "$ID" /probe status
	says 'cap_eff=0000000000000000'
}

@test "exec: descriptors of the caller cannot be passed in" {
	annotate class=execute
	launch pause
	rt exec --preserve-fds 1 "$ID" /probe true
	assert_failure
}

@test "budget: processes are bounded" {
	requires pids
	policy few '.budget.processes = 16'
	inside few fork-bomb 100
	mentions 'EAGAIN'
}

@test "budget: memory is bounded, and its end is in the audit" {
	requires memory
	policy little '.budget.memory = "64MiB"'
	annotate class=little
	payload memory 400
	rt run -b "$B" "$ID"
	assert_failure
	sealed_clean
	audited run.ended '.why == "budget.memory"'
}

@test "budget: a tighter limit of the engine stays" {
	requires pids
	config '.linux.resources.pids.limit = 32'
	annotate class=execute
	launch pause
	equal "$(cg_value pids.max)" 32
}

@test "update: cannot go above the ceiling of the class, can go below it" {
	requires pids
	annotate class=execute
	launch pause
	rt update --pids-limit 100 "$ID"
	assert_status 0
	equal "$(cg_value pids.max)" 100
	rt update --pids-limit 100000 "$ID"
	assert_failure
	complains 'above the ceiling'
	rt update --pids-limit -1 "$ID"
	assert_failure
	equal "$(cg_value pids.max)" 100
}

@test "privileges: the command line of PID 1 says nothing of the host" {
	annotate class=execute
	launch pause
	in_container cat /proc/1/cmdline
	mentions 'agentrun-pid1'
	mentions_not 'bundle|/var/tmp|--'
}

@test "network: links that a hook brings into the namespace are left behind" {
	cat >"$T/hook" <<-'X'
		#!/bin/bash
		pid=$(jq -r .pid)
		exec nsenter -t "$pid" -n ip link add ar0 type veth peer name ar1
	X
	chmod 755 "$T/hook"
	config --arg h "$T/hook" '.hooks = {prestart: [{path: $h, args: ["hook"],
		env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}]}'
	RUNTIME_ARGS="--class none"
	run_probe net
	mentions '^if ar0 '
	RUNTIME_ARGS="--config $T/agentrun.json"
	inside execute net
	mentions '^if lo up'
	[ "$(grep -c '^if ' <<<"$output")" = 1 ] || fail "more than loopback"
	audited run.declared '.changes | any(test("hooks"))'
}
