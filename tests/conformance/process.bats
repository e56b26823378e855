#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runtime spec 1.3.0, section process (checklist C): judged from inside by the probe.
load ../lib/common

@test "spec C process.args: the arguments arrive as given" {
	run_probe args a "b c" ""
	says 'arg 1=a'
	says 'arg 2=b c'
	says 'arg 3='
}

@test "spec C process.args: none is an error" {
	config '.process.args = []'
	run_bundle
	refused
}

@test "spec C process.args: a bare name is looked up in the PATH of process.env" {
	mkdir -p "$B/rootfs/opt/bin"
	mv "$B/rootfs/probe" "$B/rootfs/opt/bin/found"
	config '.process.args = ["found", "echo", "hi"] | .process.env = ["PATH=/nowhere:/opt/bin"]'
	run_bundle
	assert_status 0
	says hi
}

@test "spec C process.args: an empty element of PATH is the working directory" {
	mv "$B/rootfs/probe" "$B/rootfs/wk/found"
	config '.process.args = ["found", "echo", "hi"] | .process.env = ["PATH=/nowhere:"]
		| .process.cwd = "/wk"'
	run_bundle
	assert_status 0
	says hi
}

@test "spec C process.args: a name with a slash is relative to cwd" {
	mkdir -p "$B/rootfs/wk/sub"
	mv "$B/rootfs/probe" "$B/rootfs/wk/sub/found"
	config '.process.args = ["sub/found", "echo", "hi"] | .process.cwd = "/wk"'
	run_bundle
	assert_status 0
	says hi
}

@test "spec C process.args: a directory on PATH is passed over" {
	mkdir -p "$B/rootfs/a/found" "$B/rootfs/b"
	mv "$B/rootfs/probe" "$B/rootfs/b/found"
	config '.process.args = ["found", "echo", "hi"] | .process.env = ["PATH=/a:/b"]'
	run_bundle
	assert_status 0
	says hi
}

@test "spec C process.args: a missing program says no such file, never permission" {
	config '.process.args = ["/missing"]'
	run_bundle
	refused 'no such file or directory'
	never grep -qi 'permission denied\|not permitted' <<<"$stderr"
}

@test "spec C process.args: a bare missing name says executable file not found" {
	config '.process.args = ["missing"]'
	run_bundle
	refused 'executable file .*not found in'
}

@test "spec C process.args: a file without the x bit says permission denied" {
	echo data >"$B/rootfs/data"
	chmod 644 "$B/rootfs/data"
	config '.process.args = ["/data"]'
	run_bundle
	refused 'permission denied'
}

@test "spec C process.env: exactly what the document says" {
	config '.process.env = ["PATH=/", "HOME=/x", "A=1", "B=two words", "C="]'
	run_probe env
	says 'env A=1'
	says 'env B=two words'
	says 'env C='
	equal "$(grep -c '^env ' <<<"$output")" 5
}

@test "spec C process.env: nothing of the caller's environment leaks" {
	export AGENTRUN_TEST_SECRET=leak LD_LIBRARY_PATH=/leak
	run_probe env
	mentions_not leak
}

@test "spec C process.env: HOME comes from the image's passwd when absent" {
	printf 'root:x:0:0:root:/of-root:/x\nuser:x:1234:1234::/of-user:/x\n' >"$B/rootfs/etc/passwd"
	config '.process.env = ["PATH=/"]'
	run_probe env
	says 'env HOME=/of-root'
	config '.process.user = {uid: 1234, gid: 1234}'
	run_probe env
	says 'env HOME=/of-user'
}

@test "spec C process.env: HOME of the document wins over passwd" {
	printf 'root:x:0:0:root:/of-root:/x\n' >"$B/rootfs/etc/passwd"
	config '.process.env = ["HOME=/mine"]'
	run_probe env
	says 'env HOME=/mine'
}

@test "spec C process.env: of duplicates the last wins" {
	config '.process.env = ["A=1", "A=2"]'
	run_probe env
	says 'env A=2'
	mentions_not 'A=1'
}

@test "spec C process.env: an entry without = is an error" {
	requires agentrun
	config '.process.env += ["BAD"]'
	run_bundle
	refused
}

@test "spec C process.env: NUL in an entry is an error" {
	config '.process.env += ["A=1\u0000B=2"]'
	run_bundle
	refused
}

@test "spec C process.cwd: is where the process starts" {
	config '.process.cwd = "/wk"'
	run_probe cwd
	says 'cwd=/wk'
}

@test "spec C process.cwd: is made if missing, mode 0755, owned by root" {
	config '.process.cwd = "/made/for/this"'
	run_probe cwd -- stat /made/for/this
	says 'cwd=/made/for/this'
	mentions 'stat /made/for/this=dir mode=0755 uid=0 gid=0 '
}

@test "spec C process.cwd: a relative path is an error" {
	config '.process.cwd = "work"'
	run_bundle
	refused
}

@test "spec C process.cwd: a file there is an error" {
	: >"$B/rootfs/file"
	config '.process.cwd = "/file"'
	run_bundle
	refused
}

@test "spec C process.cwd: a link in the image stays inside the image" {
	mkdir -p "$T/host-dir"
	ln -s "$T/host-dir" "$B/rootfs/link"
	config '.process.cwd = "/link"'
	payload cwd
	run_bundle
	[ "$status" != 0 ] || says "cwd=$T/host-dir"
	[ -z "$(ls -A "$T/host-dir")" ]
}

@test "spec C process.cwd: a directory that only the user may enter works" {
	mkdir "$B/rootfs/private"
	chown 1000:1000 "$B/rootfs/private"
	chmod 700 "$B/rootfs/private"
	config '.process.cwd = "/private" | .process.user = {uid: 1000, gid: 1000}
		| .process.capabilities = {}'
	run_probe cwd
	says 'cwd=/private'
}

@test "spec C process.user.uid/gid: all three ids of each are set" {
	config '.process.user = {uid: 1000, gid: 2000}'
	run_probe status
	says 'uid=1000 euid=1000 suid=1000'
	says 'gid=2000 egid=2000 sgid=2000'
}

@test "spec C process.user.uid: ids above 2^31 arrive unchanged" {
	config '.process.user = {uid: 2147483648, gid: 4294967294}'
	run_probe status
	says 'uid=2147483648 euid=2147483648 suid=2147483648'
	says 'gid=4294967294 egid=4294967294 sgid=4294967294'
}

@test "spec C process.user.uid: 4294967295 is an error" {
	config '.process.user.uid = 4294967295'
	run_bundle
	refused
}

@test "spec C process.user.uid: 4294967296 and -1 are errors" {
	config '.process.user.uid = 4294967296'
	run_bundle
	refused
	config '.process.user.uid = -1'
	run_bundle
	refused
}

@test "spec C process.user.umask: as given, and 0022 by default" {
	run_probe status
	says 'umask=0022'
	config '.process.user.umask = 63'
	run_probe status
	says 'umask=0077'
}

@test "spec C process.user.umask: the caller's umask does not matter" {
	umask 077
	run_probe status
	umask 022
	says 'umask=0022'
}

@test "spec C process.user.additionalGids: are the supplementary groups" {
	config '.process.user.additionalGids = [5, 1234, 4000000000]'
	run_probe status
	says 'groups=5,1234,4000000000'
}

@test "spec C process.user.additionalGids: without them there are none" {
	run_probe status
	says 'groups='
}

@test "spec C process.user.username: Windows' field is ignored" {
	config '.process.user.username = "nobody"'
	run_probe status
	says 'uid=0 euid=0 suid=0'
}

@test "spec C process.commandLine: Windows' field is ignored" {
	config '.process.commandLine = "cmd.exe /c dir"'
	run_probe echo hi
	says hi
}

@test "spec C process.capabilities: each set is as given" {
	config '.process.capabilities = {bounding: ["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW"],
		permitted: ["CAP_CHOWN", "CAP_KILL"], effective: ["CAP_CHOWN", "CAP_KILL"],
		inheritable: ["CAP_KILL"], ambient: ["CAP_KILL"]}
		| .process.user = {uid: 1000, gid: 1000}'
	run_probe status
	says 'cap_bnd=0000000000002021'
	says 'cap_inh=0000000000000020'
	says 'cap_amb=0000000000000020'
	# a user without ambient capabilities keeps only these over execve
	says 'cap_eff=0000000000000020'
}

@test "spec C process.capabilities: root gets effective and permitted from the bounding set" {
	run_probe status
	says 'cap_bnd=0000000020000420'
	says 'cap_eff=0000000020000420'
	says 'cap_inh=0000000000000000'
}

@test "spec C process.capabilities: an empty object is no capability at all" {
	config '.process.capabilities = {bounding: [], effective: [], permitted: [], inheritable: [], ambient: []}'
	run_probe status -- chown /wk 1 1
	says 'cap_eff=0000000000000000'
	says 'cap_bnd=0000000000000000'
	says 'chown=EPERM'
}

@test "spec C process.capabilities: absent means empty sets" {
	requires agentrun
	config 'del(.process.capabilities)'
	run_probe status
	says 'cap_eff=0000000000000000'
	says 'cap_bnd=0000000000000000'
}

@test "spec C process.capabilities: an unknown name is not an error" {
	config '.process.capabilities.bounding += ["CAP_OF_THE_FUTURE"]'
	run_probe status
	says 'cap_bnd=0000000020000420'
}

@test "spec C process.capabilities: a user cannot keep what root had" {
	config '.process.user = {uid: 1000, gid: 1000}'
	run_probe status
	says 'cap_eff=0000000000000000'
	says 'cap_prm=0000000000000000'
}

@test "spec C process.rlimits: soft and hard arrive" {
	config '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 200},
		{type: "RLIMIT_CORE", soft: 1024, hard: 4096}, {type: "RLIMIT_CPU", soft: 99, hard: 100}]'
	run_probe rlimits
	says 'RLIMIT_NOFILE soft=100 hard=200'
	says 'RLIMIT_CORE soft=1024 hard=4096'
	says 'RLIMIT_CPU soft=99 hard=100'
}

@test "spec C process.rlimits: every name that the kernel has" {
	local n
	config '.process.rlimits = []'
	for n in AS CORE CPU DATA FSIZE LOCKS MEMLOCK MSGQUEUE NICE NOFILE NPROC RSS RTPRIO RTTIME SIGPENDING STACK; do
		config --arg n "RLIMIT_$n" --argjson v "$(rlimit_now "$n")" \
			'.process.rlimits += [{type: $n, soft: $v, hard: $v}]'
	done
	run_probe rlimits
	says "RLIMIT_NICE soft=0 hard=0"
}
# values that any host allows
rlimit_now() {
	case $1 in
	NICE | RTPRIO) echo 0 ;;
	NOFILE) echo 512 ;;
	MEMLOCK) echo 65536 ;;
	SIGPENDING | NPROC) echo 1000 ;;
	MSGQUEUE) echo 819200 ;;
	STACK) echo 8388608 ;;
	*) echo 8589934592 ;;
	esac
}

@test "spec C process.rlimits: twice the same name is an error" {
	config '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 1, hard: 2}, {type: "RLIMIT_NOFILE", soft: 3, hard: 4}]'
	run_bundle
	refused
}

@test "spec C process.rlimits: an unknown name is an error" {
	config '.process.rlimits = [{type: "RLIMIT_BOGUS", soft: 1, hard: 2}]'
	run_bundle
	refused
}

@test "spec C process.rlimits: soft above hard is an error" {
	config '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 20, hard: 10}]'
	run_bundle
	refused
}

@test "spec C process.rlimits: more than the host gives is an error, not less" {
	config '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 1073741817, hard: 1073741817}]'
	run_bundle
	refused
}

@test "spec C process.noNewPrivileges: on and off" {
	run_probe status
	says 'nnp=1'
	config '.process.noNewPrivileges = false'
	run_probe status
	says 'nnp=0'
}

@test "spec C process.noNewPrivileges: absent is off" {
	config 'del(.process.noNewPrivileges)'
	run_probe status
	says 'nnp=0'
}

@test "spec C process.apparmorProfile: a profile without AppArmor is an error" {
	requires no_apparmor
	config '.process.apparmorProfile = "some-profile"'
	run_bundle
	refused
}

@test "spec C process.apparmorProfile: an empty one is none" {
	config '.process.apparmorProfile = ""'
	run_probe echo hi
	says hi
}

@test "spec C process.selinuxLabel: a label without SELinux is an error" {
	requires no_selinux
	config '.process.selinuxLabel = "system_u:system_r:container_t:s0"'
	run_bundle
	refused
}

@test "spec C process.oomScoreAdj: is set when present" {
	config '.process.oomScoreAdj = 777'
	run_probe oom
	says 'oom_score_adj=777'
}

@test "spec C process.oomScoreAdj: absent leaves the caller's" {
	run_probe oom
	says "oom_score_adj=$(cat /proc/self/oom_score_adj)"
}

@test "spec C process.oomScoreAdj: out of range is an error" {
	config '.process.oomScoreAdj = 1001'
	run_bundle
	refused
}

@test "spec C process.scheduler: SCHED_BATCH with nice" {
	config '.process.scheduler = {policy: "SCHED_BATCH", nice: 5}'
	run_probe sched
	mentions 'sched=SCHED_BATCH nice=5 '
}

@test "spec C process.scheduler: SCHED_IDLE" {
	config '.process.scheduler = {policy: "SCHED_IDLE"}'
	run_probe sched
	mentions 'sched=SCHED_IDLE '
}

# Where the kernel has RT_GROUP_SCHED a group without a budget takes no realtime task.
rt_budget() {
	[ ! -e /sys/fs/cgroup/cpu/cpu.rt_runtime_us ] ||
		config '.linux.resources.cpu.realtimeRuntime = 20000'
}

@test "spec C process.scheduler: SCHED_FIFO and SCHED_RR with priority" {
	rt_budget
	config '.process.scheduler = {policy: "SCHED_FIFO", priority: 7}'
	run_probe sched
	mentions 'sched=SCHED_FIFO .*priority=7 '
	config '.process.scheduler = {policy: "SCHED_RR", priority: 3}'
	run_probe sched
	mentions 'sched=SCHED_RR .*priority=3 '
}

@test "spec C process.scheduler: SCHED_DEADLINE with its three times" {
	config '.process.scheduler = {policy: "SCHED_DEADLINE", runtime: 10000000, deadline: 20000000, period: 30000000}'
	run_probe sched
	mentions 'sched=SCHED_DEADLINE .*runtime=10000000 deadline=20000000 period=30000000'
}

@test "spec C process.scheduler: SCHED_FLAG_RESET_ON_FORK" {
	rt_budget
	config '.process.scheduler = {policy: "SCHED_FIFO", priority: 7, flags: ["SCHED_FLAG_RESET_ON_FORK"]}'
	run_probe sched
	mentions 'sched=SCHED_FIFO .*flags=0x1 '
}

@test "spec C process.scheduler: an unknown policy or flag is an error" {
	config '.process.scheduler = {policy: "SCHED_BOGUS"}'
	run_bundle
	refused
	config '.process.scheduler = {policy: "SCHED_OTHER", flags: ["SCHED_FLAG_BOGUS"]}'
	run_bundle
	refused
}

@test "spec C process.scheduler: nice out of range, priority with OTHER: errors" {
	config '.process.scheduler = {policy: "SCHED_OTHER", nice: 20}'
	run_bundle
	refused
	config '.process.scheduler = {policy: "SCHED_OTHER", priority: 3}'
	run_bundle
	refused
}

@test "spec C process.scheduler: holds for exec too" {
	config '.process.scheduler = {policy: "SCHED_BATCH", nice: 5}'
	launch pause
	in_container sched
	mentions 'sched=SCHED_BATCH nice=5 '
}

@test "spec C process.ioPriority: each class" {
	config '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 6}'
	run_probe ioprio
	says 'ioprio=2 level=6'
	config '.process.ioPriority = {class: "IOPRIO_CLASS_RT", priority: 1}'
	run_probe ioprio
	says 'ioprio=1 level=1'
	config '.process.ioPriority = {class: "IOPRIO_CLASS_IDLE", priority: 0}'
	run_probe ioprio
	says 'ioprio=3 level=0'
}

@test "spec C process.ioPriority: a priority above 7 or an unknown class is an error" {
	config '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 8}'
	run_bundle
	refused
	config '.process.ioPriority = {class: "IOPRIO_CLASS_BOGUS", priority: 1}'
	run_bundle
	refused
}

@test "spec C process.execCPUAffinity: final holds for exec" {
	requires two_cpus
	config '.process.execCPUAffinity = {initial: "0", final: "1"}'
	launch pause
	in_container affinity
	says 'affinity=1'
}

@test "spec C process.execCPUAffinity: does not touch init" {
	requires two_cpus
	config '.process.execCPUAffinity = {initial: "0", final: "1"}'
	run_probe affinity
	mentions 'affinity=0,1'
}

@test "spec C process.execCPUAffinity: a malformed list is an error" {
	config '.process.execCPUAffinity = {initial: "0-", final: "x"}'
	launch_or_exec_fails
}
# Either the document is refused, or the first exec is.
launch_or_exec_fails() {
	payload pause
	create
	[ "$status" = 0 ] || return 0
	rt start "$ID"
	rt exec "$ID" /probe true
	assert_failure
}

@test "spec C process: a pinned caller does not narrow the container" {
	requires two_cpus cpuset
	payload affinity
	taskset -c 0 bash -c "source '$TOP/tests/lib/common.bash'; T='$T' ROOT='$ROOT'; rt run -b '$B' '$ID'; echo \"\$output\"" >"$T/pinned"
	output=$(<"$T/pinned")
	says 'affinity=0,1'
}

@test "spec C process.user: setgroups is final, and no group of the caller is kept" {
	config '.process.user = {uid: 1000, gid: 1000}'
	run_probe status -- setgroups 0
	says 'groups='
	says 'setgroups=EPERM'
}

@test "spec C process: signals are at their defaults, none is blocked" {
	trap '' PIPE
	run_probe status
	trap - PIPE
	says 'sig_ign=0000000000000000'
	says 'sig_blk=0000000000000000'
}

@test "spec C process: no descriptor but 0, 1 and 2 reaches the payload" {
	exec 7</ 8</proc/self/status 9</etc
	payload fds
	run_bundle
	exec 7<&- 8<&- 9<&-
	assert_status 0
	equal "$(grep -c '^fd ' <<<"$output")" 3
}

@test "spec C process: the payload has pid 1 and leads its session" {
	run_probe status
	mentions '^pid=1 ppid=0 sid=1 '
}
