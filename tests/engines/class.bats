#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034
# Risk classes through engines: Podman by annotation, Docker by a handler that pins one.
load ../lib/engines

AUDIT=$ENGINES/class/audit/audit.jsonl
engine_cleanup() {
	timeout 60 "$ENGINES/bin/podman" rm -f -a -t 0
	"$ENGINES/bin/docker" ps -aq | xargs -r timeout 60 "$ENGINES/bin/docker" rm -f
}

# in_podman CLASS [OPTION...] -- VERB...
in_podman() {
	local options=(--runtime agentrun-class --network "${NET:-none}"
		--annotation "dev.agentrun.class=$1")
	ENGINE=podman
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	engine "${options[@]:0:2}" run --rm --name "$C" "${options[@]:2}" localhost/probe /probe "$@"
}
record() { # KIND: the newest of the container $1
	jq -c --arg k "$1" 'select(.kind == $k)' "$AUDIT" | tail -1
}
sealed() { [ "$(tail -1 "$AUDIT" | jq -r .sealed)" = true ]; }

@test "podman: class execute: no network, no capability, writes only where allowed" {
	in_podman execute -- net -- status -- open /workspace/x w,creat -- open /etc/x w,creat
	assert_status 0
	[ "$(grep -c '^if ' <<<"$output")" = 1 ] || fail "more than loopback"
	says 'cap_bnd=0000000000000000'
	[ "$(grep -cx 'open=ok' <<<"$output")" = 1 ] || fail "not exactly the workspace is writable"
	says 'open=EROFS'
}

@test "podman: class read with a bridge network has none" {
	NET=podman in_podman read -- net -- open /tmp/x w,creat
	assert_status 0
	[ "$(grep -c '^if ' <<<"$output")" = 1 ] || fail "more than loopback"
	mentions_not 'open=ok'
}

@test "podman: the deadline ends a detached container, and podman sees it" {
	in_podman execute -d --annotation dev.agentrun.time.limit=1s \
		--annotation dev.agentrun.time.grace=0s -- pause
	assert_status 0
	wait_until sealed
	record run.ended | jq -e '.why == "deadline"'
	record teardown | jq -e .clean
}

@test "podman: exec carries the limits, stop and rm -f work" {
	ENGINE=podman
	ok --runtime agentrun-class run -d --name "$C" --network none \
		--annotation dev.agentrun.class=execute localhost/probe /probe pause
	engine exec "$C" /probe status
	says 'cap_bnd=0000000000000000'
	says 'nnp=1'
	on_terminal "$ENGINES/bin/podman" exec -it "$C" /probe tty
	mentions 'isatty 0=1'
	ok pause "$C"
	ok unpause "$C"
	ok stop -t 1 "$C"
	ok rm -f "$C"
	wait_until sealed
}

@test "podman: no class, a wrong class, a request above the ceiling: one line" {
	ENGINE=podman
	engine --runtime agentrun-class run --rm --network none localhost/probe /probe true
	assert_failure
	complains 'names no class'
	in_podman nonesuch -- true
	assert_failure
	complains "unknown class 'nonesuch'"
	in_podman read --annotation dev.agentrun.time.limit=3h -- true
	assert_failure
	complains 'above the ceiling'
	engine ps -aq
	[ -z "$output" ] || fail "a container is left"
}

@test "docker: a handler pins the class, also against the bridge" {
	ENGINE=docker
	ok run --rm --runtime agentrun-execute probe /probe net -- status -- open /etc/x w,creat
	[ "$(grep -c '^if ' <<<"$output")" = 1 ] || fail "more than loopback"
	says 'cap_bnd=0000000000000000'
	says 'open=EROFS'
	engine run --rm --runtime agentrun-execute probe /probe exit 7
	assert_status 7
	ok run -d --name "$C" --runtime agentrun-execute probe /probe pause
	ok exec "$C" /probe status
	says 'cap_bnd=0000000000000000'
	ok rm -f "$C"
	engine run --rm --runtime agentrun-execute --privileged probe /probe true
	assert_failure
}

@test "podman: a terminal, standard input and exit statuses work as without a class" {
	in_podman execute -- exit 42
	assert_status 42
	on_terminal "$ENGINES/bin/podman" --runtime agentrun-class run --rm -it --network none \
		--annotation dev.agentrun.class=execute localhost/probe /probe tty
	mentions 'isatty 0=1'
}

@test "podman: the deadline ends an exec session too" {
	in_podman execute -d --annotation dev.agentrun.time.limit=2s \
		--annotation dev.agentrun.time.grace=1s -- pause
	assert_status 0
	local start=$SECONDS
	engine --runtime agentrun-class exec "$C" /probe sleep 60
	assert_failure
	[ $((SECONDS - start)) -lt 20 ] || fail "took $((SECONDS - start)) seconds"
	wait_until sealed
	record run.ended | jq -e '.why == "deadline"'
}

@test "ctr: class execute by annotation" {
	ENGINE=ctr
	engine run --runtime io.containerd.runc.v2 --runc-binary "$ENGINES/bin/agentrun-class" --rm \
		--annotation dev.agentrun.class=execute localhost/probe:latest "$C" \
		/probe status -- connect 192.0.2.1 80
	assert_status 0
	says 'cap_eff=0000000000000000'
	says 'connect=ENETUNREACH'
	wait_until sealed
	record teardown | jq -e .clean
}

@test "the audit of all of it is whole" {
	"$AGENTRUN_BUILD/agentrun" audit verify "$AUDIT"
}
