#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runtime spec 1.3.0, linux.seccomp (checklist F). The judge is the syscall verb of the
# probe: a bad pointer that reaches the kernel comes back as EFAULT.
load ../lib/common

MKDIR=83 GETCWD=79 KILL=62 PERSONALITY=135 SOCKET=41

# rule DEFAULT RULE-JSON...
seccomp() {
	local d=$1
	shift
	config --arg d "$d" '.linux.seccomp = {defaultAction: $d, architectures: ["SCMP_ARCH_X86_64"],
		syscalls: ($ARGS.positional | map(fromjson))}' --args -- "$@"
}

@test "spec F SCMP_ACT_ERRNO: EPERM by default, errnoRet when given" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}' \
		'{"names": ["getcwd"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}'
	run_probe syscall $MKDIR -- syscall $GETCWD -- syscall $KILL 999999 0
	equal "$(tr '\n' ' ' <<<"$output")" 'syscall=EPERM syscall=ENOSYS syscall=ESRCH '
}

@test "spec F defaultErrnoRet" {
	seccomp SCMP_ACT_ALLOW
	config '.linux.seccomp.defaultAction = "SCMP_ACT_ERRNO" | .linux.seccomp.defaultErrnoRet = 99'
	# everything but one call is allowed by name
	allow_all_but mkdir
	run_probe syscall $MKDIR
	says 'syscall=EADDRNOTAVAIL'
}
allow_all_but() {
	local names
	names=$(known_syscalls | grep -vx "$1" | jq -R . | jq -s .)
	config --argjson n "$names" '.linux.seccomp.syscalls = [{names: $n, action: "SCMP_ACT_ALLOW"}]'
}
known_syscalls() { grep -oE '__NR_[a-z0-9_]+' /usr/include/x86_64-linux-gnu/asm/unistd_64.h | sed 's/__NR_//'; }

@test "spec F SCMP_ACT_KILL_PROCESS, KILL_THREAD, KILL, TRAP end the caller by SIGSYS" {
	local a
	for a in KILL_PROCESS KILL_THREAD KILL TRAP; do
		seccomp SCMP_ACT_ALLOW "{\"names\": [\"mkdir\"], \"action\": \"SCMP_ACT_$a\"}"
		run_probe syscall $MKDIR
		says 'syscall=signal 31'
	done
}

@test "spec F SCMP_ACT_LOG lets the call through" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_LOG"}'
	run_probe syscall $MKDIR
	says 'syscall=EFAULT'
}

@test "spec F SCMP_ACT_TRACE without a tracer is ENOSYS" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_TRACE", "errnoRet": 1}'
	run_probe syscall $MKDIR
	says 'syscall=ENOSYS'
}

@test "spec F an unknown action is an error" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_BOGUS"}'
	run_bundle
	refused
	seccomp SCMP_ACT_BOGUS
	run_bundle
	refused
}

@test "spec F a name that this kernel's library does not know is skipped" {
	seccomp SCMP_ACT_ALLOW '{"names": ["call_of_the_future", "mkdir"], "action": "SCMP_ACT_ERRNO"}'
	run_probe syscall $MKDIR
	says 'syscall=EPERM'
}

arg_rule() { # OP VALUE [VALUE2]
	seccomp SCMP_ACT_ALLOW "{\"names\": [\"personality\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 99,
		\"args\": [{\"index\": 0, \"value\": $2, \"valueTwo\": ${3:-0}, \"op\": \"SCMP_CMP_$1\"}]}"
}
# verdicts ARG... : y for each argument that the rule catches
verdicts() {
	local words=() a
	for a in "$@"; do words+=(syscall $PERSONALITY "$a" --); done
	run_probe "${words[@]}"
	verdict=$(sed 's/syscall=EADDRNOTAVAIL/y/; s/syscall=.*/n/' <<<"$output" | tr -d '\n')
}
@test "spec F args EQ" {
	arg_rule EQ 8
	verdicts 7 8 9
	equal "$verdict" nyn
}
@test "spec F args NE" {
	arg_rule NE 8
	verdicts 7 8 9
	equal "$verdict" yny
}
@test "spec F args LT" {
	arg_rule LT 8
	verdicts 7 8 9
	equal "$verdict" ynn
}
@test "spec F args LE" {
	arg_rule LE 8
	verdicts 7 8 9
	equal "$verdict" yyn
}
@test "spec F args GT" {
	arg_rule GT 8
	verdicts 7 8 9
	equal "$verdict" nny
}
@test "spec F args GE" {
	arg_rule GE 8
	verdicts 7 8 9
	equal "$verdict" nyy
}
@test "spec F args MASKED_EQ: value is the mask, valueTwo what must match" {
	arg_rule MASKED_EQ 12 8
	verdicts 8 9 12 4 0
	equal "$verdict" yynnn
}
@test "spec F args: all 64 bits count" {
	arg_rule EQ 4294967304
	verdicts 8 4294967304
	equal "$verdict" ny
}
@test "spec F args: two conditions of one rule must both hold" {
	seccomp SCMP_ACT_ALLOW '{"names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 99,
		"args": [{"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}, {"index": 1, "value": 1, "op": "SCMP_CMP_EQ"}]}'
	run_probe syscall $SOCKET 2 1 0 -- syscall $SOCKET 2 2 0
	equal "$(tr '\n' ' ' <<<"$output")" 'syscall=EADDRNOTAVAIL syscall=ok '
}
@test "spec F args: an index above 5 or an unknown operator is an error" {
	seccomp SCMP_ACT_ALLOW '{"names": ["socket"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 6, "value": 2, "op": "SCMP_CMP_EQ"}]}'
	run_bundle
	refused
	seccomp SCMP_ACT_ALLOW '{"names": ["socket"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 2, "op": "SCMP_CMP_BOGUS"}]}'
	run_bundle
	refused
}

@test "spec F architectures: a foreign one is accepted, an unknown one is an error" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}'
	config '.linux.seccomp.architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]'
	run_probe syscall $MKDIR
	says 'syscall=EPERM'
	config '.linux.seccomp.architectures = ["SCMP_ARCH_BOGUS"]'
	run_bundle
	refused
}

@test "spec F architectures: absent is the native one" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}'
	config 'del(.linux.seccomp.architectures)'
	run_probe syscall $MKDIR
	says 'syscall=EPERM'
}

@test "spec F flags: each known one, and none" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}'
	config '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC"]'
	run_probe syscall $MKDIR
	says 'syscall=EPERM'
	config '.linux.seccomp.flags = []'
	run_probe syscall $MKDIR
	says 'syscall=EPERM'
}

@test "spec F flags: an unknown one is an error" {
	seccomp SCMP_ACT_ALLOW
	config '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_BOGUS"]'
	run_bundle
	refused
}

@test "spec F: the filter is on: mode 2, with and without noNewPrivileges" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}'
	run_probe status
	says seccomp=2
	config '.process.noNewPrivileges = false'
	run_probe status -- syscall $MKDIR
	says seccomp=2
	says nnp=0
	says 'syscall=EPERM'
}

@test "spec F: holds for exec" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 99}'
	launch pause
	in_container status -- syscall $MKDIR
	says seccomp=2
	says 'syscall=EADDRNOTAVAIL'
}

@test "spec F: two profiles that differ by one errno do not share a filter" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 98}'
	run_probe syscall $MKDIR
	says 'syscall=EADDRINUSE'
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 99}'
	run_probe syscall $MKDIR
	says 'syscall=EADDRNOTAVAIL'
}

@test "spec F: the default profile of an engine: hundreds of names, default ERRNO" {
	seccomp SCMP_ACT_ERRNO
	allow_all_but mkdir
	run_probe status -- syscall $MKDIR -- exec /probe true
	says 'syscall=EPERM'
	says 'exec=ok'
}

@test "spec F: a filter may forbid what the runtime itself used before" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mount", "umount2", "pivot_root", "setns", "unshare", "mknodat", "openat2",
		"move_mount", "open_tree", "fsopen", "fsmount", "mount_setattr", "sethostname", "clone3"], "action": "SCMP_ACT_ERRNO"}'
	run_probe echo hi
	says hi
}

listener() { # start a receiver that answers ERRNO
	background "$RECVFD" seccomp "$T/listener" "$1" >"$T/listener.out" </dev/null
	wait_until test -S "$T/listener"
	config --arg p "$T/listener" '.linux.seccomp.listenerPath = $p'
}
@test "spec F listenerPath: the receiver gets the descriptor and decides" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}'
	listener 99
	run_probe syscall $MKDIR
	says 'syscall=EADDRNOTAVAIL'
	wait_until file_says "$T/listener.out" 'notified nr=83'
}

@test "spec F listenerPath: the container process state comes with it" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}'
	listener 99
	config '.linux.seccomp.listenerMetadata = "some metadata" | .annotations = {"org.example": "x"}'
	run_probe syscall $MKDIR
	wait_until file_says "$T/listener.out" notified
	output=$(grep -a '^fds=1 ' "$T/listener.out" | sed 's/^[^{]*//')
	json '.fds == ["seccompFd"] and .metadata == "some metadata" and .pid > 0'
	json '.state.status == "creating" or .state.status == "created"'
	json '.state.annotations["org.example"] == "x"'
	equal "$(jq -r .state.id <<<"$output")" "$ID"
	equal "$(jq -r .state.bundle <<<"$output")" "$B"
}

@test "spec F listenerPath: NOTIFY without a path is an error" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}'
	run_bundle
	refused
}

@test "spec F listenerPath: nobody listens is an error" {
	seccomp SCMP_ACT_ALLOW '{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}'
	config --arg p "$T/nobody" '.linux.seccomp.listenerPath = $p'
	run_bundle
	refused
}

@test "spec F listenerMetadata without a path is an error" {
	seccomp SCMP_ACT_ALLOW
	config '.linux.seccomp.listenerMetadata = "x"'
	run_bundle
	refused
}

@test "spec F SCMP_ACT_NOTIFY as the default, or on write, is an error" {
	requires agentrun
	seccomp SCMP_ACT_NOTIFY
	config --arg p "$T/nobody" '.linux.seccomp.listenerPath = $p'
	run_bundle
	refused
	seccomp SCMP_ACT_ALLOW '{"names": ["write"], "action": "SCMP_ACT_NOTIFY"}'
	config --arg p "$T/nobody" '.linux.seccomp.listenerPath = $p'
	run_bundle
	refused
}

@test "spec F unknown-new syscalls: a default of EPERM gives ENOSYS for what is newer than the profile" {
	requires agentrun
	# an old engine's profile: nothing newer than pidfd_open (434)
	seccomp SCMP_ACT_ERRNO
	local names
	names=$(awk '/__NR_/{sub("__NR_","",$2); if ($3 <= 434) print $2}' /usr/include/x86_64-linux-gnu/asm/unistd_64.h |
		grep -vx mkdir | jq -R . | jq -s .)
	config --argjson n "$names" '.linux.seccomp.syscalls = [{names: $n, action: "SCMP_ACT_ALLOW"}]'
	run_probe syscall $MKDIR -- syscall 439
	equal "$(tr '\n' ' ' <<<"$output")" 'syscall=EPERM syscall=ENOSYS '
}
