#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The process itself: what an image or a caller may have laid in its way.
# shellcheck disable=SC2016,SC2034,SC2094
load ../lib/common

@test "process: HOME: a passwd that is a fifo, a directory, a device or endless does not stop the start" {
	config 'del(.process.env[] | select(startswith("HOME=")))'
	local f=$B/rootfs/etc/passwd
	mkfifo "$f"
	run_probe env
	says 'env HOME=/'
	rm "$f" && mkdir "$f"
	run_probe env
	says 'env HOME=/'
	rmdir "$f" && ln -s /dev/zero "$f"
	run_probe env
	says 'env HOME=/'
	rm "$f" && head -c 8000000 /dev/zero | tr '\0' x >"$f"
	run_probe env
	says 'env HOME=/'
	printf 'root:x:0:0::/root:/bin/sh\n' >"$f"
	run_probe env
	says 'env HOME=/root'
}

@test "process: HOME: a passwd that links out of the image is looked for in the image" {
	config 'del(.process.env[] | select(startswith("HOME=")))'
	printf 'x:x:0:0::/outside:\n' >"$T/outside"
	ln -s "$T/outside" "$B/rootfs/etc/passwd"
	run_probe env
	says 'env HOME=/'
	rm "$B/rootfs/etc/passwd"
	ln -s ../../../../etc/real "$B/rootfs/etc/passwd"
	printf 'x:x:0:0::/inside:\n' >"$B/rootfs/etc/real"
	run_probe env
	says 'env HOME=/inside'
}

@test "process: HOME: a user name of digits is no uid (CVE-2016-3697)" {
	config 'del(.process.env[] | select(startswith("HOME="))) | .process.user = {uid: 1000, gid: 1000}'
	printf '1000:x:0:0::/root:\nu:x:1000:1000::/home/u:\n' >"$B/rootfs/etc/passwd"
	run_probe env -- status
	says 'env HOME=/home/u'
	says 'uid=1000 .*'
}

@test "process: HOME: exec as another user has that user's" {
	config 'del(.process.env[] | select(startswith("HOME=")))'
	printf 'root:x:0:0::/root:\nu:x:1000:1000::/home/u:\n' >"$B/rootfs/etc/passwd"
	launch pause
	rt exec -u 1000:1000 "$ID" /probe env
	assert_status 0
	says 'env HOME=/home/u'
}

@test "process: cwd: no descriptor that the caller leaked is a way out (CVE-2024-21626)" {
	local n
	payload cwd
	for n in 3 4 5 6 7 8 9 10 11 12; do
		config --arg c "/proc/self/fd/$n" '.process.cwd = $c'
		status=0
		# shellcheck disable=SC2086
		output=$("$RUNTIME" $RUNTIME_ARGS --root "$ROOT" run -b "$B" "$ID" 2>"$T/stderr" \
			</dev/null 5</ 6</etc 7</sys/fs/cgroup 8<"$T" 9<"$B" 10</) || status=$?
		stderr=$(<"$T/stderr")
		[ "$status" != 0 ] || mentions '^cwd=/(proc|$)'
		[ ! -e "$ROOT/$ID" ] || rt delete --force "$ID"
	done
}

@test "process: cwd: root's own directory serves a user as well" {
	mkdir -m 0700 "$B/rootfs/private"
	config '.process.user = {uid: 1000, gid: 1000} | .process.cwd = "/private"'
	payload true
	config '.process.args[0] = "/probe"'
	run_bundle
	assert_status 0
}

@test "process: umask and rlimits hold for exec" {
	config '.process.user.umask = 63 | .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 77, hard: 88}]'
	launch pause
	in_container status -- rlimits
	says 'umask=0077'
	mentions 'NOFILE.*77.*88'
}

@test "process: scheduler, io priority, memory policy and personality hold for exec" {
	config '.process.scheduler = {policy: "SCHED_BATCH", nice: 3}
		| .process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 6}
		| .linux.memoryPolicy = {mode: "MPOL_PREFERRED", nodes: "0"}
		| .linux.personality = {domain: "LINUX32"}'
	launch pause
	in_container sched -- ioprio -- mempolicy -- personality
	mentions 'sched=SCHED_BATCH nice=3 '
	says 'ioprio=2 level=6'
	mentions '^mempolicy=1 .*nodes=0x1'
	says 'personality=0x8'
}

@test "process: a session keyring of its own, without the caller's keys" {
	run_probe keyring
	mentions "description=.*;$ID"
}

@test "process: no signal is blocked, whatever the caller blocked" {
	payload status
	cat >"$T/block.py" <<-'EOF'
	import os, signal, sys
	signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
	os.execv(sys.argv[1], sys.argv[1:])
	EOF
	# shellcheck disable=SC2086
	output=$(python3 "$T/block.py" "$RUNTIME" $RUNTIME_ARGS --root "$ROOT" run -b "$B" "$ID" </dev/null 3>&- 4>&-)
	says 'sig_blk=0000000000000000'
	says 'sig_ign=0000000000000000'
}

@test "process: TERM is xterm on a terminal that has none" {
	config 'del(.process.env[] | select(startswith("TERM="))) | .process.terminal = true'
	payload env
	background "$RECVFD" tty "$T/console" >"$T/tty.out" </dev/null
	wait_until test -S "$T/console"
	create --console-socket "$T/console"
	assert_status 0
	rt start "$ID"
	wait_until file_says "$T/tty.out" 'TERM=xterm'
}
