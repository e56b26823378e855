#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# One system call fails: the container is refused with a reason, or the runtime has
# another way; in both cases nothing is left on the host, and nothing hangs.
load ../lib/common

# inject CALL ERRNO WHEN
inject() {
	local -a ra
	read -ra ra <<<"$RUNTIME_ARGS"
	status=0
	timeout -k 5 30 strace -f -qq -o /dev/null -e "trace=$1" -e "inject=$1:error=$2:when=$3" \
		"$RUNTIME" "${ra[@]}" --root "$ROOT" run -b "$B" "$ID" \
		>"$T/stdout" 2>"$T/stderr" </dev/null 3>&- 4>&- || status=$?
	output=$(<"$T/stdout")
	stderr=$(<"$T/stderr")
	if [ "$status" = 0 ]; then
		grep -qx ran <<<"$output" || fail "$1 ($2, call $3): succeeded without running the payload"
	else
		[ "$status" != 124 ] && [ "$status" != 137 ] || fail "$1 ($2, call $3): hangs"
		[ -n "$stderr" ] || fail "$1 ($2, call $3): failed without a word"
	fi
	rt delete --force "$ID"
	residue || fail "$1 ($2, call $3): something is left"
}

each() { # ERRNO WHEN... -- CALL...
	local error=$1 when=() call n
	shift
	while [ "$1" != -- ]; do
		when+=("$1")
		shift
	done
	shift
	requires agentrun
	command -v strace >/dev/null
	payload echo ran
	for call in "$@"; do
		for n in "${when[@]}"; do inject "$call" "$error" "$n"; done
	done
}

@test "faults: new system calls that are missing (ENOSYS)" {
	each ENOSYS 1+ -- openat2 clone3 close_range mount_setattr open_tree fsopen move_mount statx pidfd_open
}
@test "faults: mount calls that fail" {
	each EPERM 1 2 4 -- mount umount2 pivot_root fsmount fsconfig move_mount open_tree mount_setattr
}
@test "faults: memory that runs out" { each ENOMEM 1 3 -- clone3 mmap mount fsopen; }
@test "faults: descriptors that run out" { each EMFILE 1 3 7 -- openat openat2 socketpair pipe2 pidfd_open; }
@test "faults: file work that fails" { each EIO 1 2 -- mkdirat mknodat symlinkat write renameat fchownat; }
@test "faults: a full disk" { each ENOSPC 1 2 -- mkdir mkdirat write openat; }
@test "faults: identity calls that fail" {
	each EPERM 1 -- setresuid setresgid setgroups capset prctl sethostname setsid
}
@test "faults: namespace and process calls that fail" {
	each EPERM 1 -- clone3 unshare setns execve chdir fchdir wait4 waitid
}
@test "faults: interrupted calls" {
	# not wait4: with WNOHANG it never gives EINTR
	each EINTR 1 2 3 -- read write poll epoll_wait waitid recvmsg sendmsg openat2
}
