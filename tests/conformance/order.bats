#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runtime spec 1.3.0, lifecycle and order of work (checklist G).
load ../lib/common

@test "spec G: nothing of the payload runs before start" {
	payload write /ran
	create
	assert_status 0
	sleep 0.2
	[ ! -e "$B/rootfs/ran" ]
	rt start "$ID"
	wait_until test -e "$B/rootfs/ran"
}

@test "spec G: the states: created, running, stopped" {
	payload wait-file /go -- exit 3
	create
	is_status created
	rt start "$ID"
	is_status running
	touch "$B/rootfs/go"
	wait_until is_status stopped
	rt delete "$ID"
	assert_status 0
	rt state "$ID"
	assert_failure
}

@test "spec G: the state is on disk while prestart hooks run" {
	requires agentrun
	local script=$T/h
	cat >"$script" <<-X
	#!/bin/bash
	cat >/dev/null
	$RUNTIME $RUNTIME_ARGS --root $ROOT state $ID >$T/seen 2>&1
	X
	chmod 755 "$script"
	config --arg p "$script" '.hooks.createRuntime = [{path: $p}]'
	payload true
	create
	assert_status 0
	equal "$(jq -r .status "$T/seen")" creating
}

@test "spec G: init is a child that the caller's subreaper waits for" {
	payload exit 7
	create
	# the runtime is gone: init belongs to a process that is not the runtime
	[ "$(ps -o comm= -p "$(ps -o ppid= -p "$(init_pid)")")" != "$RUNTIME_KIND" ]
}

@test "spec G: start twice, and start of a stopped container, are errors" {
	launch wait-file /go
	rt start "$ID"
	assert_failure
	touch "$B/rootfs/go"
	wait_until is_status stopped
	rt start "$ID"
	assert_failure
}

@test "spec G: an id in use is an error, and the first container lives on" {
	launch pause
	rt run -b "$B" "$ID"
	assert_failure
	is_status running
	in_container echo hi
	says hi
}

@test "spec G: killed between create and start: delete removes it" {
	payload pause
	create
	kill -9 "$(init_pid)"
	wait_until is_status stopped
	rt delete "$ID"
	assert_status 0
}

@test "spec G: delete of a created container" {
	payload pause
	create
	rt delete --force "$ID"
	assert_status 0
	residue
}

@test "spec G: without a pid namespace delete takes the processes that init left" {
	without_ns pid
	launch orphans 3 -- exit 0
	wait_until is_status stopped
	rt delete --force "$ID"
	assert_status 0
	residue
}

@test "spec G: with a pid namespace the others die with init" {
	launch orphans 3 -- wait-file /go
	touch "$B/rootfs/go"
	wait_until is_status stopped
	rt delete "$ID"
	assert_status 0
	residue
}

@test "spec G: rlimits are set although the user namespace could not raise them" {
	user_ns
	config '.process.user = {uid: 1000, gid: 1000} | .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 4000, hard: 4000}]'
	run_probe rlimits
	says 'RLIMIT_NOFILE soft=4000 hard=4000'
}

@test "spec G: oomScoreAdj is set for a user without rights" {
	user_ns
	config '.process.user = {uid: 1000, gid: 1000} | .process.oomScoreAdj = 500'
	run_probe oom
	says 'oom_score_adj=500'
}

@test "spec G: masks come after the mounts, and cover what a mount brought" {
	mkdir -p "$T/src"
	echo secret >"$T/src/file"
	add_mount /wk bind "$T/src" bind
	config '.linux.maskedPaths += ["/wk/file"]'
	run_probe cat /wk/file
	mentions_not secret
}

@test "spec G: sysctl is written although /proc/sys is read-only in the end" {
	config '.linux.sysctl = {"net.ipv4.ip_forward": "1"}'
	run_probe sysctl net.ipv4.ip_forward -- write-file /proc/sys/net/ipv4/ip_forward 0
	says 'sysctl net.ipv4.ip_forward=1'
	mentions '^write-file=E(ROFS|PERM|ACCES)'
}

@test "spec G: the filter may forbid setuid with noNewPrivileges" {
	config '.process.user = {uid: 1000, gid: 1000}
		| .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["setuid", "setresuid", "setgid", "setresgid", "setgroups", "capset", "prctl"], action: "SCMP_ACT_ERRNO"}]}'
	run_probe status -- setuid 0
	says 'uid=1000 euid=1000 suid=1000'
	says setuid=EPERM
}

@test "spec G: the foreground run gives the status of the payload, and 128+N for a signal" {
	payload exit 42
	run_bundle
	assert_status 42
	payload kill-self 9
	run_bundle
	assert_status 137
}

@test "spec G: standard input, output and error are the caller's" {
	payload stdin -- stderr to-stderr
	read -ra ra <<<"$RUNTIME_ARGS"
	output=$(echo typed | timeout 20 "$RUNTIME" "${ra[@]}" --root "$ROOT" run -b "$B" "$ID" 2>"$T/stderr" 3>&-)
	equal "$output" typed
	grep -qx to-stderr "$T/stderr"
}
