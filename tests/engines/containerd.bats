#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# containerd through ctr: its runc shim drives the runtime as for the kubelet.
load ../lib/engines
ENGINE=ctr
IMAGE=localhost/probe:latest
# ctr names the binary on each run
RT=(--runtime io.containerd.runc.v2 --runc-binary "$ENGINES/bin/agentrun-plain")

engine_cleanup() {
	"$ENGINES/bin/ctr" task rm -f "$C"
	"$ENGINES/bin/ctr" container rm "$C"
}
ctr_run() { # OPTION... -- ARG...: $C is the id
	local o=()
	while [ "$1" != -- ]; do
		o+=("$1")
		shift
	done
	shift
	engine run "${RT[@]}" "${o[@]}" $IMAGE "$C" "$@"
}
status_is() { "$ENGINES/bin/ctr" task ls | grep -q "^$C .*$1"; }

@test "ctr run: output and exit status" {
	ctr_run --rm -- /probe echo hello
	assert_status 0
	says hello
	ctr_run --rm -- /probe exit 42
	assert_status 42
}

@test "ctr run: a missing program is an error, and nothing is left" {
	ctr_run --rm -- /nowhere
	assert_failure
	complains 'no such file or directory'
}

@test "ctr run -d, exec, ps, metrics, pause, resume, kill, rm" {
	ctr_run -d -- /probe pause
	assert_status 0
	ok task exec --exec-id e1 "$C" /probe echo from-exec
	says from-exec
	engine task exec --exec-id e2 "$C" /probe exit 7
	assert_status 7
	ok task ps "$C"
	mentions '^[0-9]+'
	ok task metrics "$C"
	mentions pids
	ok task pause "$C"
	status_is PAUSED
	ok task resume "$C"
	status_is RUNNING
	ok task kill -s SIGKILL "$C"
	wait_until status_is STOPPED
	ok task rm "$C"
}

@test "ctr run -t: a terminal" {
	on_terminal "$ENGINES/bin/ctr" run "${RT[@]}" --rm -t $IMAGE "$C" /probe tty
	mentions 'isatty 0=1'
}

@test "ctr task exec -t: a terminal" {
	ctr_run -d -- /probe pause
	on_terminal "$ENGINES/bin/ctr" task exec -t --exec-id e1 "$C" /probe tty
	mentions 'isatty 0=1'
}

@test "ctr run: memory limit, environment, directory, mounts, read-only" {
	mkdir "$T/dir"
	ctr_run --rm --memory-limit 67108864 --env A=1 --cwd /wk --read-only \
		--mount "type=bind,src=$T/dir,dst=/host,options=rbind:ro" -- /probe env -- cwd -- status -- write /x -- write /host/y
	assert_status 0
	says 'env A=1'
	says cwd=/wk
	says 'write=EROFS'
}

@test "ctr run: annotations reach the runtime" {
	ctr_run -d --annotation org.example.key=value -- /probe pause
	output=$("$ENGINES/bin/in-engines" "$ENGINES/bin/agentrun-plain" --root /run/containerd/runc/default state "$C")
	json '.annotations["org.example.key"] == "value"'
}

@test "ctr task rm -f of a running container" {
	ctr_run -d -- /probe pause
	ok task rm -f "$C"
	never status_is RUNNING
}

@test "ctr run: a process that ignores SIGTERM dies by SIGKILL, --all too" {
	ctr_run -d -- /probe ignore
	ok task kill -a -s SIGKILL "$C"
	wait_until status_is STOPPED
}

@test "ctr run with the host's network and pid namespace" {
	ctr_run --rm --net-host -- /probe ns
	assert_status 0
	equal "$(value ns_net)" "$("$ENGINES/bin/in-engines" readlink /proc/self/ns/net)"
}
