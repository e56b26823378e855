#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Filters in a whole start: what the runtime itself needs, listeners, exec.
# shellcheck disable=SC2016
load ../lib/common

MKDIR=83

seccomp() { # DEFAULT RULE-JSON...
	local d=$1
	shift
	config --arg d "$d" '.linux.seccomp = {defaultAction: $d, architectures: ["SCMP_ARCH_X86_64"],
		syscalls: ($ARGS.positional | map(fromjson))}' --args -- "$@"
}
listener() { # ERRNO
	background "$RECVFD" seccomp "$T/listener" "$1" >"$T/listener.out" </dev/null
	wait_until test -S "$T/listener"
	config --arg p "$T/listener" '.linux.seccomp.listenerPath = $p'
}

@test "seccomp: a listener may watch what execve itself needs" {
	local nnp
	for nnp in true false; do
		config --argjson n $nnp '.process.noNewPrivileges = $n'
		seccomp SCMP_ACT_ALLOW \
			'{"names": ["execve", "openat", "open", "read", "close"], "action": "SCMP_ACT_NOTIFY"}'
		rm -f "$T/listener"
		listener 0
		run_probe cat /etc/passwd
		wait_until file_says "$T/listener.out" 'notified nr=59'
		wait_until file_says "$T/listener.out" 'notified nr=257'
	done
}

@test "seccomp: each exec brings the listener a descriptor of its own" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}'
	listener 99
	launch pause
	rm -f "$T/listener"
	background "$RECVFD" seccomp "$T/listener" 98 >"$T/second.out" </dev/null
	wait_until test -S "$T/listener"
	in_container syscall $MKDIR
	says 'syscall=EADDRINUSE'
	output=$(grep -a '^fds=1 ' "$T/second.out" | sed 's/^[^{]*//')
	json '.state.status == "running" and .state.pid != .pid'
}

@test "seccomp: exec fails when its listener is gone, and the container lives on" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}'
	listener 99
	launch pause
	rm -f "$T/listener"
	rt exec "$ID" /probe true
	assert_failure
	complains 'listenerPath: cannot open'
	is_status running
}

@test "seccomp: with no_new_privs the profile may forbid all that set-up used" {
	config '.process.noNewPrivileges = true'
	seccomp SCMP_ACT_ALLOW '{"names": ["setuid", "setresuid", "setgid", "setresgid", "setgroups",
		"capset", "chdir", "umask", "prctl", "mount", "pivot_root", "seccomp", "faccessat",
		"faccessat2", "rt_sigprocmask"], "action": "SCMP_ACT_ERRNO"}'
	run_probe setuid 0 -- echo alive
	says 'setuid=EPERM'
	says 'alive'
}

@test "seccomp: without no_new_privs a profile that forbids setresuid is a clear error" {
	config '.process.noNewPrivileges = false'
	seccomp SCMP_ACT_ALLOW '{"names": ["setresuid"], "action": "SCMP_ACT_ERRNO"}'
	run_bundle
	refused '/process/user/uid: cannot become user 0: operation not permitted'
}

@test "seccomp: without no_new_privs the payload has its filter, not the privilege" {
	config '.process.noNewPrivileges = false'
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 99}'
	run_probe status -- syscall $MKDIR
	says 'nnp=0'
	says 'seccomp=2'
	says 'syscall=EADDRNOTAVAIL'
}

@test "seccomp: one filter, not one for each name" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir", "rmdir"], "action": "SCMP_ACT_ERRNO"}'
	run_probe status
	says 'seccomp_filters=1'
}

@test "seccomp: a kill of a forbidden execve is told, not waited for" {
	seccomp SCMP_ACT_ALLOW '{"names": ["execve"], "action": "SCMP_ACT_KILL_PROCESS"}'
	run_bundle
	assert_failure
}

@test "seccomp: a filter that is too long is refused with both lengths" {
	config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [range(1300) |
		{names: ["read"], action: "SCMP_ACT_TRAP", args: [{index: 0, op: "SCMP_CMP_EQ", value: (. * 7)}]}]}'
	run_bundle
	refused '/linux/seccomp/syscalls: the filter would need [0-9]+ instructions, the kernel takes 4096'
}
