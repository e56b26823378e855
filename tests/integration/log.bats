#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The journal and syslog get an error as one datagram. Both sockets are made here, in a
# mount namespace whose /run and /dev are its own.

load ../lib/common

# logged TARGET SOCKET: $output is the datagram that the socket got
logged() {
	cat >"$T/listen.py" <<-'PY'
		import os, socket, subprocess, sys
		target, path, *command = sys.argv[1:]
		os.makedirs(os.path.dirname(path), exist_ok=True)
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(path)
		s.settimeout(5)
		subprocess.run(command[:1] + ["--log", target] + command[1:])
		print(s.recv(65536).decode())
	PY
	# shellcheck disable=SC2016
	output=$(unshare -m bash -c 'mount -t tmpfs run /run && mount -t tmpfs dev /dev &&
		mknod /dev/null c 1 3 && exec python3 "$@"' _ "$T/listen.py" "$1" "$2" \
		"$RUNTIME" --root "$T/none" state "${3-nosuch}" 2>"$T/stderr")
	stderr=$(<"$T/stderr")
}

@test "log: journald gets fields, one a line" {
	requires agentrun
	logged journald:box /run/systemd/journal/socket
	says 'PRIORITY=3'
	says 'SYSLOG_IDENTIFIER=box'
	says 'MESSAGE=container "nosuch" does not exist'
	complains 'container "nosuch" does not exist'
}

@test "log: syslog gets a priority, a name and the message" {
	requires agentrun
	logged syslog:box /dev/log
	says '<27>box\[[0-9]+\]: container "nosuch" does not exist'
}

@test "log: a name cannot add fields to the journal" {
	requires agentrun
	rt --log $'journald:box\nMESSAGE=forged' state nosuch
	refused 'log name'
}

@test "log: what an argument holds cannot add fields either" {
	requires agentrun
	logged journald:box /run/systemd/journal/socket $'x\nPRIORITY=0'
	equal "$(grep -c '^PRIORITY=' <<<"$output")" 1
	equal "$(grep -c '^MESSAGE=' <<<"$output")" 1
}

@test "log: a journal that is not there is an error that names it" {
	requires agentrun
	status=0
	# shellcheck disable=SC2016
	stderr=$(unshare -m bash -c 'mount -t tmpfs run /run && exec "$@"' _ \
		"$RUNTIME" --log journald:box state nosuch 2>&1) || status=$?
	refused '/run/systemd/journal/socket'
}
