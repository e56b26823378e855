#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Command-line contract: exec (3.4), every option.
load ../lib/common

process_file() { # JQ-FILTER: the container's process with a change
	jq ".process | $1" "$B/config.json" >"$T/process.json"
}
receiver() {
	background "$RECVFD" "$1" "$T/sock" >"$T/recv" 2>"$T/recv.err" </dev/null
	wait_until test -S "$T/sock"
}

@test "cli 3.4 exec: runs in the container, exits as the process does" {
	launch pause
	rt exec "$ID" /probe hostname -- exit 5
	assert_status 5
	mentions conformance
}

@test "cli 3.4 exec: in a created container" {
	payload pause
	create
	rt exec "$ID" /probe echo hi
	assert_status 0
	says hi
}

@test "cli 3.4 exec: joins every namespace of init" {
	launch pause
	rt exec "$ID" /probe ns
	local inside=$output n
	for n in ipc mnt net pid uts; do
		mentions "$(readlink "/proc/$(init_pid)/ns/$n" | tr -dc '0-9')"
	done
	[ -n "$inside" ]
}

@test "cli 3.4 exec: is in the container's cgroup" {
	launch pause
	rt exec "$ID" /probe cgroup
	assert_status 0
	local mine
	mine=$(grep -E ":(memory|pids|cpu,cpuacct|cpuacct,cpu)?:" "/proc/$(init_pid)/cgroup" | head -1 | cut -d: -f3)
	mentions "$mine"
}

@test "cli 3.4 exec --process: replaces user, env, cwd, capabilities, rlimits" {
	launch pause
	process_file '.args = ["/probe", "status", "--", "env", "--", "cwd", "--", "rlimits"]
		| .user = {uid: 7, gid: 8, additionalGids: [9]} | .env = ["ONLY=1"] | .cwd = "/tmp"
		| .capabilities = {} | .rlimits = [{type: "RLIMIT_NOFILE", soft: 99, hard: 100}]'
	rt exec --process "$T/process.json" "$ID"
	assert_status 0
	mentions "uid=7\b"
	mentions "gid=8\b"
	says "env ONLY=1"
	mentions_not "env PATH="
	mentions "cwd=/tmp"
	mentions "cap_eff=0000000000000000"
	mentions "NOFILE.*99.*100"
}

@test "cli 3.4 exec --process: excludes a COMMAND" {
	requires agentrun
	launch pause
	process_file .
	rt exec -p "$T/process.json" "$ID" /probe true
	assert_status 1
}

@test "cli 3.4 exec --process: a file that is missing, no JSON, or of another type" {
	launch pause
	rt exec -p "$T/none.json" "$ID"
	assert_failure
	echo '{' >"$T/process.json"
	rt exec -p "$T/process.json" "$ID"
	assert_failure
	echo '[]' >"$T/process.json"
	rt exec -p "$T/process.json" "$ID"
	assert_failure
	echo '{"args": "x", "cwd": "/"}' >"$T/process.json"
	rt exec -p "$T/process.json" "$ID"
	assert_failure
	is_status running
}

@test "cli 3.4 exec --detach: returns at once, the pid file names the process" {
	launch pause
	rt exec -d --pid-file "$T/epid" "$ID" /probe pause
	assert_status 0
	[ -d "/proc/$(<"$T/epid")" ]
	equal "$(tail -c 1 "$T/epid" | tr -d '0-9' | wc -c)" 0
	equal "$(readlink "/proc/$(<"$T/epid")/ns/pid")" "$(readlink "/proc/$(init_pid)/ns/pid")"
}

@test "cli 3.4 exec --detach: its process belongs to the nearest subreaper" {
	launch pause
	python3 - "$T" "$RUNTIME" "$RUNTIME_ARGS" "$ROOT" "$ID" >"$T/reaped" 3>&- 4>&- <<'PY'
import ctypes, os, subprocess, sys
t, runtime, args, root, cid = sys.argv[1:]
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
null = subprocess.DEVNULL
subprocess.run([runtime, *args.split(), "--root", root, "exec", "-d", "--pid-file", t + "/epid", cid,
                "/probe", "exit", "6"], check=True, stdin=null, stdout=null)
_, status = os.waitpid(int(open(t + "/epid").read()), 0)
print("exit", os.waitstatus_to_exitcode(status))
PY
	equal "$(<"$T/reaped")" "exit 6"
}

@test "cli 3.4 exec --pid-file: absent after a failed exec (conmon)" {
	launch pause
	rt exec -d --pid-file "$T/epid" "$ID" /nosuch
	assert_failure
	[ ! -e "$T/epid" ]
}

@test "cli 3.4 exec --tty --console-socket: a terminal of the container" {
	launch pause
	receiver tty
	rt exec -d --tty --console-socket "$T/sock" "$ID" /probe tty
	assert_status 0
	wait_until file_says "$T/recv" devtty=
	output=$(tr -d '\r' <"$T/recv")
	mentions "^fds=1 bytes=[1-9]"
	says "isatty 0=1"
	mentions "devtty=ok"
}

@test "cli 3.4 exec --tty=true and --tty=false" {
	requires agentrun
	launch pause
	process_file '.args = ["/probe", "tty"] | .terminal = true'
	rt exec --tty=false -p "$T/process.json" "$ID"
	assert_status 0
	says "isatty 0=0"
	rt exec -d --tty=true "$ID" /probe tty
	assert_status 1
	complains "cannot allocate tty"
}

@test "cli 3.4 exec --pidfd-socket: a pidfd of the process" {
	requires agentrun
	launch pause
	receiver pidfd
	rt exec -d --pid-file "$T/epid" --pidfd-socket "$T/sock" "$ID" /probe pause
	assert_status 0
	wait_until file_says "$T/recv" "pid=$(<"$T/epid")"
}

@test "cli 3.4 exec --cwd: absolute, in the container" {
	launch pause
	rt exec --cwd /tmp "$ID" /probe cwd
	assert_status 0
	mentions "cwd=/tmp"
	requires agentrun
	rt exec --cwd tmp "$ID" /probe cwd
	assert_failure
}

@test "cli 3.4 exec --cwd: no way out through a descriptor (CVE-2024-21626)" {
	launch pause
	local n
	for n in 3 4 5 6 7 8 9 10 11 12; do
		rt exec --cwd "/proc/self/fd/$n" "$ID" /probe cwd
		if [ "$status" = 0 ]; then fail "cwd through descriptor $n"; fi
	done
}

@test "cli 3.4 exec --env: added to the container's, replacing the same name" {
	config '.process.env = ["PATH=/", "A=old", "KEPT=1"]'
	launch pause
	rt exec -e A=new --env B=x=y "$ID" /probe env
	says "env A=new"
	mentions_not "A=old"
	says "env KEPT=1"
	says "env B=x=y"
	requires agentrun
	rt exec -e NOVALUE "$ID" /probe env
	assert_failure
}

@test "cli 3.4 exec --user: uid and gid" {
	launch pause
	rt exec -u 1000:1001 "$ID" /probe status
	assert_status 0
	mentions "uid=1000\b"
	mentions "gid=1001\b"
}

@test "cli 3.4 exec --additional-gids: repeatable" {
	requires agentrun
	launch pause
	rt exec -u 1000:1000 -g 20 --additional-gids 30 "$ID" /probe status
	assert_status 0
	mentions "groups=.*20.*30"
}

@test "cli 3.4 exec --cap: bounding, effective and permitted, never inheritable (CVE-2022-29162)" {
	requires agentrun
	config '.process.capabilities = {bounding: [], effective: [], permitted: []}'
	launch pause
	rt exec --cap CAP_NET_RAW -c CAP_CHOWN "$ID" /probe status
	assert_status 0
	mentions "cap_bnd=0000000000002001"
	mentions "cap_eff=0000000000002001"
	mentions "cap_prm=0000000000002001"
	mentions "cap_inh=0000000000000000"
	mentions "cap_amb=0000000000000000"
}

@test "cli 3.4 exec --cap: inheritable stays empty" {
	launch pause
	rt exec --cap CAP_CHOWN "$ID" /probe status
	assert_status 0
	mentions "cap_inh=0000000000000000"
}

@test "cli 3.4 exec --no-new-privs" {
	config '.process.noNewPrivileges = false'
	launch pause
	rt exec --no-new-privs "$ID" /probe status
	assert_status 0
	mentions "nnp=1"
	rt exec "$ID" /probe status
	mentions "nnp=0"
}

@test "cli 3.4 exec --process-label, --apparmor: an error where the host has none" {
	requires agentrun no_selinux no_apparmor
	launch pause
	rt exec --process-label system_u:system_r:x_t:s0 "$ID" /probe true
	assert_failure
	rt exec --apparmor some-profile "$ID" /probe true
	assert_failure
}

@test "cli 3.4 exec --preserve-fds: two, and nothing else (16.11)" {
	launch pause
	status=0
	# shellcheck disable=SC2086
	timeout 20 "$RUNTIME" $RUNTIME_ARGS --root "$ROOT" exec --preserve-fds 2 "$ID" /probe fds \
		>"$T/stdout" 2>"$T/stderr" </dev/null 3</dev/null 4</dev/zero 5</etc/passwd 9</etc || status=$?
	output=$(<"$T/stdout")
	stderr=$(<"$T/stderr")
	assert_status 0
	mentions "^fd 4="
	mentions_not "^fd [5-9]="
}

@test "cli 3.4 exec: no descriptor of the host (CVE-2016-9962)" {
	launch pause
	rt exec "$ID" /probe fds
	assert_status 0
	mentions_not "^fd [3-9]="
	mentions_not "^fd [0-9]+=$ROOT"
}

@test "cli 3.4 exec --cgroup: a sub-cgroup; .. is refused" {
	requires agentrun
	launch pause
	rt exec --cgroup ../x "$ID" /probe true
	assert_failure
	rt exec --cgroup /a/../../x "$ID" /probe true
	assert_failure
	local d
	for d in $(cgroup_dirs); do
		mkdir "$d/sub"
		cat "$d/cpuset.cpus" >"$d/sub/cpuset.cpus" 2>/dev/null || true
		cat "$d/cpuset.mems" >"$d/sub/cpuset.mems" 2>/dev/null || true
	done
	rt exec --cgroup sub "$ID" /probe cgroup
	assert_status 0
	mentions "$ID/sub"
}

@test "cli 3.4 exec: not in a paused container, but with --ignore-paused" {
	requires freezer
	launch pause
	rt pause "$ID"
	assert_status 0
	rt exec "$ID" /probe true
	assert_failure
	complains paused
	rt resume "$ID"
	requires agentrun
	rt pause "$ID"
	rt exec "$ID" /probe true
	complains "cannot exec in a paused container \(use --ignore-paused to override\)"
	# it freezes like all the others, and goes on with them
	background bash -c "sleep 0.5; '$RUNTIME' --root '$ROOT' resume '$ID'"
	rt exec --ignore-paused "$ID" /probe echo thawed
	assert_status 0
	says thawed
}

@test "cli 3.4 exec: not in a stopped container" {
	launch exit 0
	wait_until is_status stopped
	rt exec "$ID" /probe true
	assert_failure
	requires agentrun
	complains "cannot exec in a stopped container"
}

@test "cli 3.4 exec: needs a command or a process file" {
	launch pause
	rt exec "$ID"
	assert_failure
}

@test "cli 3.4 exec: signals are passed on in the foreground" {
	launch pause
	# shellcheck disable=SC2086
	"$RUNTIME" $RUNTIME_ARGS --root "$ROOT" exec "$ID" /probe trap 8 >"$T/eout" 2>"$T/eerr" </dev/null 3>&- 4>&- &
	local pid=$! code=0
	wait_until file_says "$T/eout" ready
	kill -USR2 $pid
	wait_until file_says "$T/eout" signal=12
	kill -TERM $pid
	wait $pid || code=$?
	equal "$code" 8
}

@test "cli 3.4 exec: standard input reaches the process" {
	launch pause
	# shellcheck disable=SC2086
	output=$(printf 'one\ntwo' | timeout 20 "$RUNTIME" $RUNTIME_ARGS --root "$ROOT" exec "$ID" /probe stdin 3>&- 4>&-)
	equal "$output" $'one\ntwo'
}

@test "cli 6 texts: exec of what is missing, not executable, not there" {
	launch pause
	: >"$B/rootfs/plain"
	rt exec "$ID" /no/such
	assert_failure
	complains "no such file or directory"
	rt exec "$ID" /plain
	assert_failure
	complains "permission denied"
	requires agentrun
	rt exec "$ID" /no/such
	complains 'exec: "/no/such": stat /no/such: no such file or directory'
	rt exec "$ID" nosuchprogram
	complains 'exec: "nosuchprogram": executable file not found in \$PATH'
	rt exec "$ID" /tmp
	complains 'exec: "/tmp": is a directory'
}
