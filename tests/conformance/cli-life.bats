#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Command-line contract: create (3.1), run (3.2), start (3.3), error texts (6), sockets and
# descriptors (8), state directory (12).
load ../lib/common

# receiver KIND: a recvfd on $T/sock whose output goes to $T/recv
receiver() {
	background "$RECVFD" "$1" "$T/sock" >"$T/recv" 2>"$T/recv.err" </dev/null
	wait_until test -S "$T/sock"
}
in_bundle() { # ARG...: the runtime, started in the bundle
	# shellcheck disable=SC2086
	(cd "$B" && exec timeout "$RT_TIMEOUT" "$RUNTIME" $RUNTIME_ARGS --root "$ROOT" "$@" \
		>"$T/stdout" 2>"$T/stderr" </dev/null 3>&- 4>&-)
	status=$?
	output=$(<"$T/stdout")
	stderr=$(<"$T/stderr")
}

@test "cli 3.1 create --bundle: default is the current directory, stored absolute" {
	payload pause
	in_bundle create "$ID"
	assert_status 0
	rt state "$ID"
	json ".bundle == \"$B\""
}

@test "cli 3.1 create --bundle: a relative one is made absolute" {
	payload pause
	in_bundle create --bundle . "$ID"
	assert_status 0
	rt state "$ID"
	json ".bundle == \"$B\""
}

@test "cli 3.1 create --config: another file of the bundle, and one elsewhere" {
	requires agentrun
	payload echo from-other
	mv "$B/config.json" "$B/other.json"
	rt run -b "$B" --config other.json "$ID"
	assert_status 0
	says from-other
	mv "$B/other.json" "$T/elsewhere.json"
	rt run -b "$B" -f "$T/elsewhere.json" "$ID"
	assert_status 0
	says from-other
}

@test "cli 3.1 create: returns when the pid file and the state are there" {
	payload pause
	create
	assert_status 0
	[ -d "/proc/$(init_pid)" ]
	rt state "$ID"
	json ".status == \"created\" and .pid == $(init_pid)"
}

@test "cli 3.1 create --no-pivot: the container's own root all the same" {
	payload ls / -- echo end
	rt run -b "$B" --no-pivot "$ID"
	assert_status 0
	mentions agentrun-test-rootfs
	says end
}

@test "cli 3.1 create --no-new-keyring, --no-subreaper: are accepted" {
	payload true
	rt run -b "$B" --no-new-keyring "$ID"
	assert_status 0
	requires agentrun
	rt run -b "$B" --no-subreaper "$ID"
	assert_status 0
}

@test "cli 3.1 create: an id in use is an error that says so" {
	launch pause
	rt create -b "$B" "$ID"
	assert_failure
	complains "exists"
	requires agentrun
	complains "container \"$ID\" already exists"
	is_status running
}

@test "cli 3.1 create: a failure leaves no process, cgroup, mount, state or pid file" {
	payload pause
	config '.mounts += [{destination: "/x", type: "bind", source: "/nonexistent/source", options: ["bind"]}]'
	create
	refused
	[ ! -e "$T/pid" ]
}

@test "cli 3.1 create: a bundle without config.json is an error that names it" {
	rm "$B/config.json"
	create
	refused "config.json"
}

@test "cli 3.2 run: as create and start; the container is deleted afterwards" {
	payload echo hi
	rt run -b "$B" "$ID"
	assert_status 0
	says hi
	rt state "$ID"
	assert_failure
}

@test "cli 3.2 run --detach: returns while the process lives" {
	payload pause
	rt run -d -b "$B" --pid-file "$T/pid" "$ID"
	assert_status 0
	is_status running
}

@test "cli 3.2 run --keep: the container stays, stopped" {
	requires agentrun
	payload exit 4
	rt run --keep -b "$B" "$ID"
	assert_status 4
	is_status stopped
	rt delete "$ID"
	assert_status 0
}

@test "cli 3.2 run: signals are passed on, the exit status comes back" {
	payload trap 9
	# shellcheck disable=SC2086
	"$RUNTIME" $RUNTIME_ARGS --root "$ROOT" run -b "$B" "$ID" >"$T/out" 2>"$T/err" </dev/null 3>&- 4>&- &
	local pid=$! code=0
	wait_until file_says "$T/out" ready
	kill -USR1 $pid
	wait_until file_says "$T/out" signal=10
	kill -HUP $pid
	wait_until file_says "$T/out" 'signal=1$'
	kill -TERM $pid
	wait $pid || code=$?
	equal "$code" 9
}

@test "cli 3.2 run: standard input and output are the container's, unchanged" {
	payload stdin
	# shellcheck disable=SC2086
	output=$(printf 'a\nb' | timeout 20 "$RUNTIME" $RUNTIME_ARGS --root "$ROOT" run -b "$B" "$ID" 3>&- 4>&-)
	equal "$output" $'a\nb'
}

@test "cli 3.3 start: only of a created container" {
	launch wait-file /go
	rt start "$ID"
	assert_failure
	touch "$B/rootfs/go"
	wait_until is_status stopped
	rt start "$ID"
	assert_failure
	requires agentrun
	complains "cannot start a container in the stopped state"
}

@test "cli 3.3 start: a payload that cannot be executed is a failure of start or create" {
	printf 'not a program' >"$B/rootfs/junk"
	chmod 755 "$B/rootfs/junk"
	config '.process.args = ["/junk"]'
	create
	if [ "$status" = 0 ]; then rt start "$ID"; fi
	assert_failure
}

@test "cli 6 texts: no such container" {
	local c
	for c in state start kill delete pause resume; do
		rt "$c" nosuch
		assert_failure
		complains 'does not exist|no such'
	done
	requires agentrun
	for c in state start kill delete pause resume ps events update; do
		rt "$c" nosuch
		assert_status 1
		complains 'container "nosuch" does not exist'
	done
	rt exec nosuch /probe true
	complains 'container "nosuch" does not exist'
}

@test "cli 6 texts: a bad id" {
	requires agentrun
	local id
	for id in .. . .x a/b /x "" "a b" $'a\n' 'a"b' 'ü' "$(printf 'a%.0s' {1..300})"; do
		rt create -b "$B" -- "$id"
		assert_status 1
		complains "invalid container ID"
		rt delete --force -- "$id"
		assert_status 1
	done
}

@test "cli 6 texts: the payload is not in PATH" {
	config '.process.args = ["nosuchprogram"] | .process.env = ["PATH=/usr/bin:/bin"]'
	create
	if [ "$status" = 0 ]; then rt start "$ID"; fi
	assert_failure
	complains 'executable file .*not found|no such file or directory'
	requires agentrun
	complains 'exec: "nosuchprogram": executable file not found in \$PATH: no such file or directory'
	never grep -qi 'permission denied\|operation not permitted' "$T/stderr" "$T/err"
}

@test "cli 6 texts: the payload's path is missing" {
	config '.process.args = ["/no/such"]'
	create
	if [ "$status" = 0 ]; then rt start "$ID"; fi
	assert_failure
	complains 'no such file or directory'
	requires agentrun
	complains 'exec: "/no/such": stat /no/such: no such file or directory'
}

@test "cli 6 texts: the payload is not executable, or a directory" {
	: >"$B/rootfs/plain"
	config '.process.args = ["/plain"]'
	create
	if [ "$status" = 0 ]; then rt start "$ID"; fi
	assert_failure
	complains 'permission denied'
	requires agentrun
	config '.process.args = ["/etc"]'
	create
	assert_status 1
	complains 'exec: "/etc": is a directory'
}

@test "cli 6 texts: a component of the payload's path is a file" {
	: >"$B/rootfs/plain"
	config '.process.args = ["/plain/x"]'
	create
	if [ "$status" = 0 ]; then rt start "$ID"; fi
	assert_failure
	complains 'not a directory'
}

@test "cli 6 texts: cwd that cannot be entered" {
	requires agentrun
	: >"$B/rootfs/plain"
	payload true
	config '.process.cwd = "/plain"'
	create
	assert_status 1
	complains 'chdir to cwd \("/plain"\) set in config.json failed: not a directory'
}

@test "cli 6 texts: a terminal needs a receiver, a receiver a terminal" {
	payload tty
	config '.process.terminal = true'
	create
	assert_failure
	complains 'console.socket'
	config '.process.terminal = false'
	rt create -b "$B" --console-socket "$T/none" "$ID"
	assert_failure
	requires agentrun
	complains 'cannot use console socket if agentrun will not detach or allocate tty'
	config '.process.terminal = true'
	create
	complains 'cannot allocate tty if agentrun will detach without setting console socket'
}

@test "cli 8.1 --console-socket: one message, one descriptor, and a working terminal" {
	payload tty
	config '.process.terminal = true | .process.consoleSize = {height: 30, width: 90}'
	receiver tty
	create --console-socket "$T/sock"
	assert_status 0
	rt start "$ID"
	assert_status 0
	wait_until file_says "$T/recv" devtty=
	output=$(tr -d '\r' <"$T/recv")
	mentions "^fds=1 bytes=[1-9]"
	says "isatty 0=1"
	says "isatty 1=1"
	says "isatty 2=1"
	says "rows=30 cols=90"
	says "devtty=ok"
}

@test "cli 8.1 --console-socket: the terminal is of the container's own devpts, and /dev/console is it" {
	payload tty -- stat /dev/console -- mounts
	config '.process.terminal = true'
	receiver tty
	rt run -d -b "$B" --console-socket "$T/sock" "$ID"
	assert_status 0
	wait_until file_says "$T/recv" "mount=/dev/console"
	output=$(tr -d '\r' <"$T/recv")
	mentions "ttyname=/dev/(pts/0|console)"
	mentions "mount=/dev/console .*fstype=devpts"
}

@test "cli 8.1 --console-socket: a path longer than a socket address" {
	requires agentrun
	local long
	long=$T/$(printf 'd%.0s' {1..120})
	mkdir "$long"
	payload tty
	config '.process.terminal = true'
	background bash -c 'cd "$1" && exec "$2" tty sock' _ "$long" "$RECVFD" >"$T/recv" 2>&1 </dev/null
	wait_until test -S "$long/sock"
	create --console-socket "$long/sock"
	assert_status 0
	wait_until file_says "$T/recv" "fds=1"
}

@test "cli 8.1 --console-socket: nobody listens: an error that leaves nothing" {
	payload tty
	config '.process.terminal = true'
	create --console-socket "$T/none"
	refused
}

@test "cli 8.2 --pidfd-socket: a pidfd of init" {
	requires agentrun
	payload pause
	receiver pidfd
	create --pidfd-socket "$T/sock"
	assert_status 0
	wait_until file_says "$T/recv" "pid=$(init_pid)"
	grep -q "^fds=1 bytes=[1-9]" "$T/recv"
}

@test "cli 8.3 --preserve-fds: descriptors from 3 are passed on, and no others" {
	payload fds
	status=0
	# shellcheck disable=SC2086
	timeout 20 "$RUNTIME" $RUNTIME_ARGS --root "$ROOT" run -b "$B" --preserve-fds 2 "$ID" \
		>"$T/stdout" 2>"$T/stderr" </dev/null 3</dev/null 4</dev/zero 5</etc/passwd 9</etc || status=$?
	output=$(<"$T/stdout")
	stderr=$(<"$T/stderr")
	assert_status 0
	mentions "^fd 3="
	mentions "^fd 4="
	mentions_not "^fd [5-9]="
}

@test "cli 8.3 --preserve-fds: one that is not open is an error with its number" {
	requires agentrun
	payload fds
	status=0
	timeout 20 "$RUNTIME" --class none --root "$ROOT" run -b "$B" --preserve-fds 2 "$ID" \
		>"$T/stdout" 2>"$T/stderr" </dev/null 3</dev/null 4<&- || status=$?
	stderr=$(<"$T/stderr")
	assert_status 1
	complains '\b4\b'
}

@test "cli 8.3 LISTEN_FDS: passed on with LISTEN_PID=1, in front of preserved ones" {
	requires agentrun
	payload fds -- env
	LISTEN_FDS=1 "$RUNTIME" --class none --root "$ROOT" run -b "$B" --preserve-fds 1 "$ID" \
		>"$T/stdout" 2>"$T/stderr" </dev/null 3</dev/null 4</dev/zero 5</etc
	output=$(<"$T/stdout")
	says "env LISTEN_FDS=1"
	says "env LISTEN_PID=1"
	mentions "^fd 3="
	mentions "^fd 4="
	mentions_not "^fd 5="
}

@test "cli 8.3 LISTEN_FDS: of another process are not ours" {
	requires agentrun
	payload fds -- env
	LISTEN_PID=1 LISTEN_FDS=1 "$RUNTIME" --class none --root "$ROOT" run -b "$B" "$ID" \
		>"$T/stdout" 2>"$T/stderr" </dev/null 3</dev/null || true
	output=$(<"$T/stdout")
	mentions_not "LISTEN_FDS=1"
	mentions_not "^fd 3="
}

@test "cli 8.4 --pid-file: the host pid in digits, without a newline" {
	payload pause
	create
	grep -qE '^[1-9][0-9]*$' "$T/pid"
	equal "$(tail -c 1 "$T/pid" | tr -d '0-9' | wc -c)" 0
	[ -d "/proc/$(<"$T/pid")" ]
}

@test "cli 8.4 --pid-file: none after a failure" {
	payload true
	config '.process.args = ["/nosuch"]'
	rt run -b "$B" --pid-file "$T/pid" "$ID"
	assert_failure
	[ ! -e "$T/pid" ]
}

@test "cli 8.4 --pid-file: a place that cannot be written is an error that leaves nothing" {
	payload pause
	rt create -b "$B" --pid-file /nonexistent/pid "$ID"
	refused
}

@test "cli 8.5 NOTIFY_SOCKET: READY=1 reaches the host, and start waits for it" {
	requires agentrun
	payload sleep 0.3 -- notify READY=1 -- env -- pause
	python3 - "$T/notify" >"$T/notified" 3>&- 4>&- <<'PY' &
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(20)
try:
    while True:
        print(s.recv(4096).decode().replace("\n", " "), flush=True)
except TimeoutError:
    pass
PY
	BG+=($!)
	wait_until test -S "$T/notify"
	export NOTIFY_SOCKET=$T/notify
	create
	assert_status 0
	rt start "$ID"
	assert_status 0
	unset NOTIFY_SOCKET
	wait_until file_says "$T/notified" "READY=1"
	wait_until file_says "$T/notified" "MAINPID=$(init_pid)"
	wait_until file_says "$T/out" "NOTIFY_SOCKET=/run/notify/notify.sock"
}

@test "cli 12 ids: 64 hex digits, + . _ - and 255 characters are fine" {
	requires agentrun
	local id
	payload true
	config 'del(.linux.cgroupsPath)'
	for id in "$(printf '0123456789abcdef%.0s' 1 2 3 4)" "a+b._-c" "A" "$(printf 'b%.0s' {1..200})"; do
		rt run -b "$B" "$id"
		assert_status 0
	done
}

@test "cli 12 state: works from any directory, after the bundle is gone" {
	launch pause
	mv "$B" "$T/away"
	(cd / && rt state "$ID" && assert_status 0)
	rt kill "$ID" KILL
	assert_status 0
	mv "$T/away" "$B"
}

@test "cli 12 state: the config as it was at create is what counts" {
	launch pause
	config '.process.env = ["CHANGED=1"]'
	rt exec "$ID" /probe env
	assert_status 0
	mentions_not CHANGED
}

@test "cli 12 state: two creates of one id at once: exactly one wins" {
	payload pause
	local i won=0 pids=()
	for i in 1 2 3 4; do
		# shellcheck disable=SC2086
		("$RUNTIME" $RUNTIME_ARGS --root "$ROOT" create -b "$B" "$ID" >"$T/o$i" 2>&1 </dev/null 3>&- 4>&- &&
			echo 0 >"$T/rc$i" || echo 1 >"$T/rc$i") &
		pids+=($!)
	done
	# by number: bats has a child of its own, which counts down the time of a test
	wait "${pids[@]}"
	for i in 1 2 3 4; do [ "$(<"$T/rc$i")" != 0 ] || won=$((won + 1)); done
	equal "$won" 1
	is_status created
}

@test "cli 16 8: init is the runtime's own child" {
	payload pause
	# a subreaper of our own sees init come to it, and gets its exit status
	python3 - "$T" "$RUNTIME" "$RUNTIME_ARGS" "$ROOT" "$B" "$ID" >"$T/reaped" 3>&- 4>&- <<'PY'
import ctypes, os, subprocess, sys
t, runtime, args, root, bundle, cid = sys.argv[1:]
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
base = [runtime, *args.split(), "--root", root]
null = subprocess.DEVNULL
subprocess.run([*base, "create", "-b", bundle, "--pid-file", t + "/pid", cid], check=True, stdin=null, stdout=null)
pid = int(open(t + "/pid").read())
subprocess.run([*base, "kill", cid, "KILL"], check=True)
_, status = os.waitpid(pid, 0)
print("signal", os.WTERMSIG(status))
PY
	equal "$(<"$T/reaped")" "signal 9"
}

# on_terminal ARG...: the runtime on a terminal of 33 x 101 that changes three times from "ready"
on_terminal() {
	# shellcheck disable=SC2086
	timeout 30 python3 - "$RUNTIME" $RUNTIME_ARGS --root "$ROOT" "$@" >"$T/screen" 3>&- 4>&- <<'PY'
import fcntl, os, pty, struct, sys, termios
size = lambda fd, r, c: fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", r, c, 0, 0))
pid, fd = pty.fork()
if pid == 0:
    size(0, 33, 101)
    os.execv(sys.argv[1], sys.argv[1:])
seen, changes = b"", 0
while True:
    try:
        data = os.read(fd, 4096)
    except OSError:
        break
    if not data:
        break
    seen += data
    if b"ready" in seen and changes < 3 and (not changes or b"rows=%d cols" % (43 + changes) in seen):
        changes += 1
        size(fd, 43 + changes, 55)
_, status = os.waitpid(pid, 0)
sys.stdout.write(seen.decode().replace("\r", ""))
print("exit", os.waitstatus_to_exitcode(status))
PY
	output=$(<"$T/screen")
	status=0 stderr=
}

@test "cli 3.2 run: on a terminal: its size and its changes" {
	payload tty -- winch
	config '.process.terminal = true'
	on_terminal run -b "$B" "$ID"
	says "isatty 0=1"
	says "rows=44 cols=55"
	says "rows=46 cols=55"
	says "exit 0"
	requires agentrun
	says "rows=33 cols=101"
}

@test "cli 3.4 exec --tty: on a terminal: its size and its changes" {
	launch pause
	on_terminal exec -t "$ID" /probe tty -- winch
	says "isatty 0=1"
	says "rows=46 cols=55"
	says "exit 0"
	requires agentrun
	says "rows=33 cols=101"
}
