#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runtime spec 1.3.0, hooks (checklist M): timing, namespaces, standard input, failures.
load ../lib/common

# hook KIND SCRIPT-BODY: a host script; $NAME in it is the kind
hook() {
	local kind=$1 script=$T/hook-$1-$RANDOM
	printf '#!/bin/bash\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\nT=%q\nNAME=%q\n%s\n' "$T" "$kind" "$2" >"$script"
	chmod 755 "$script"
	config --arg k "$kind" --arg p "$script" '.hooks[$k] += [{path: $p}]'
}
RECORD='cat >"$T/state.$NAME"; echo "$NAME" >>"$T/order"'

@test "spec M: every kind runs, in the order of the spec" {
	local k
	for k in prestart createRuntime createContainer; do hook $k "$RECORD"; done
	hook poststart "$RECORD"
	hook poststop "$RECORD"
	run_probe true
	equal "$(tr '\n' ' ' <"$T/order")" 'prestart createRuntime createContainer poststart poststop '
}

@test "spec M: several of one kind run in the listed order" {
	hook createRuntime 'cat >/dev/null; echo one >>"$T/order"'
	hook createRuntime 'cat >/dev/null; echo two >>"$T/order"'
	hook createRuntime 'cat >/dev/null; echo three >>"$T/order"'
	run_probe true
	equal "$(tr '\n' ' ' <"$T/order")" 'one two three '
}

@test "spec M: create runs the first three, start poststart, delete poststop" {
	local k
	for k in prestart createRuntime createContainer poststart poststop; do hook $k "$RECORD"; done
	payload pause
	create
	assert_status 0
	equal "$(tr '\n' ' ' <"$T/order")" 'prestart createRuntime createContainer '
	rt start "$ID"
	assert_status 0
	equal "$(tail -1 "$T/order")" poststart
	rt kill "$ID" KILL
	wait_until is_status stopped
	[ "$(tail -1 "$T/order")" = poststart ]
	rt delete "$ID"
	assert_status 0
	equal "$(tail -1 "$T/order")" poststop
}

@test "spec M: the state on standard input: id, pid, bundle, annotations" {
	local k
	config '.annotations = {"org.example": "x"}'
	for k in prestart createRuntime createContainer poststart poststop; do hook $k "$RECORD"; done
	payload pause
	create
	rt start "$ID"
	rt delete -f "$ID"
	for k in prestart createRuntime createContainer poststart poststop; do
		output=$(<"$T/state.$k")
		json '.ociVersion | test("^1\\.")'
		equal "$(jq -r .id <<<"$output")" "$ID" "$k"
		equal "$(jq -r .bundle <<<"$output")" "$B" "$k"
		json '.annotations["org.example"] == "x"'
	done
	equal "$(jq -r .pid "$T/state.prestart")" "$(init_pid)"
	equal "$(jq -r .pid "$T/state.poststart")" "$(init_pid)"
}

@test "spec M: the status in it" {
	requires agentrun
	local k
	for k in prestart createRuntime createContainer poststart poststop; do hook $k "$RECORD"; done
	payload pause
	create
	rt start "$ID"
	rt delete -f "$ID"
	equal "$(jq -r .status "$T/state.prestart")" creating
	equal "$(jq -r .status "$T/state.createRuntime")" creating
	equal "$(jq -r .status "$T/state.createContainer")" creating
	equal "$(jq -r .status "$T/state.poststart")" running
	equal "$(jq -r .status "$T/state.poststop")" stopped
}

@test "spec M prestart, createRuntime, poststart, poststop: run in the runtime's namespaces" {
	local k
	for k in prestart createRuntime poststart poststop; do
		hook $k 'cat >/dev/null; readlink /proc/self/ns/mnt /proc/self/ns/net >"$T/ns.$NAME"'
	done
	payload pause
	create
	rt start "$ID"
	rt delete -f "$ID"
	for k in prestart createRuntime poststart poststop; do
		equal "$(cat "$T/ns.$k")" "$(readlink /proc/self/ns/mnt /proc/self/ns/net)" "$k"
	done
}

@test "spec M createContainer: runs in the container's namespaces, before pivot_root" {
	hook createContainer 'cat >/dev/null; readlink /proc/self/ns/mnt /proc/self/ns/net >"$T/ns"; test -d /usr/bin && echo host-tree >>"$T/ns"'
	payload pause
	create
	assert_status 0
	equal "$(sed -n 1p "$T/ns")" "$(readlink "/proc/$(init_pid)/ns/mnt")"
	equal "$(sed -n 2p "$T/ns")" "$(readlink "/proc/$(init_pid)/ns/net")"
	equal "$(sed -n 3p "$T/ns")" host-tree
}

@test "spec M prestart: the network namespace is there, by the pid of the state" {
	hook prestart 'pid=$(jq .pid); readlink "/proc/$pid/ns/net" >"$T/ns"'
	payload pause
	create
	assert_status 0
	equal "$(cat "$T/ns")" "$(readlink "/proc/$(init_pid)/ns/net")"
}

@test "spec M startContainer: runs in the container, with the container's executables" {
	config '.hooks.startContainer = [{path: "/probe", args: ["probe", "write", "/started", "x"]}]'
	payload cat /started
	run_bundle
	assert_status 0
	says x
}

@test "spec M startContainer: runs at start, not at create" {
	config '.hooks.startContainer = [{path: "/probe", args: ["probe", "write", "/started", "x"]}]'
	payload pause
	create
	[ ! -e "$B/rootfs/started" ]
	rt start "$ID"
	wait_until test -e "$B/rootfs/started"
}

@test "spec M startContainer: the state is on its standard input" {
	config '.hooks.startContainer = [{path: "/probe", args: ["probe", "stdin"]}]'
	payload echo payload-ran
	run_bundle
	assert_status 0
	says payload-ran
}

@test "spec M args: as given, args[0] included" {
	cat >"$T/h" <<-'X'
	#!/bin/bash
	cat >/dev/null
	printf '%s\n' "$@" >"$(dirname "$0")/args"
	X
	chmod 755 "$T/h"
	config --arg p "$T/h" '.hooks.createRuntime = [{path: $p, args: ["ignored-zero", "a", "b c"]}]'
	run_probe true
	equal "$(tr '\n' ' ' <"$T/args")" 'a b c '
}

@test "spec M env: exactly as given" {
	cat >"$T/h" <<-'X'
	#!/usr/bin/env -S bash
	X
	config --arg t "$T" '.hooks.createRuntime = [{path: "/usr/bin/env", args: ["env"], env: ["A=1", "B=2"]}]'
	printf '#!/bin/sh\ncat >/dev/null\n/usr/bin/env >%s/env\n' "$T" >"$T/h"
	chmod 755 "$T/h"
	config --arg p "$T/h" '.hooks.createRuntime = [{path: $p, env: ["A=1", "B=2"]}]'
	AGENTRUN_TEST_SECRET=leak run_probe true
	grep -qx A=1 "$T/env"
	grep -qx B=2 "$T/env"
	never grep -q leak "$T/env"
}

@test "spec M env: absent is empty, and nothing of the image gets in (CVE-2025-23266)" {
	printf '#!/bin/sh\ncat >/dev/null\n/usr/bin/env >%s/env\n' "$T" >"$T/h"
	chmod 755 "$T/h"
	config --arg p "$T/h" '.hooks.createContainer = [{path: $p}] | .process.env += ["LD_PRELOAD=./evil.so", "FROM_IMAGE=1"]'
	run_probe true
	never grep -q 'LD_PRELOAD\|FROM_IMAGE' "$T/env"
}

@test "spec M cwd: is the bundle" {
	requires agentrun
	hook createRuntime 'cat >/dev/null; pwd >"$T/cwd"'
	hook createContainer 'cat >/dev/null; pwd >"$T/cwd2"'
	run_probe true
	equal "$(cat "$T/cwd")" "$B"
	equal "$(cat "$T/cwd2")" "$B"
}

@test "spec M path: a relative or missing one is an error" {
	config '.hooks.createRuntime = [{path: "bin/true"}]'
	run_bundle
	refused
	config --arg p "$T/nowhere" '.hooks.createRuntime = [{path: $p}]'
	run_bundle
	refused
}

@test "spec M: a failing prestart, createRuntime or createContainer fails create and cleans up" {
	local k
	for k in prestart createRuntime createContainer; do
		config 'del(.hooks)'
		hook $k 'cat >/dev/null; echo "the reason" >&2; exit 3'
		run_bundle
		refused
	done
}

@test "spec M: the output of a failing hook is in the message" {
	requires agentrun
	hook createRuntime 'cat >/dev/null; echo "the reason" >&2; exit 3'
	run_bundle
	refused 'the reason'
}

@test "spec M: a failing startContainer hook: the payload does not run" {
	config '.hooks.startContainer = [{path: "/probe", args: ["probe", "exit", "3"]}]'
	payload echo payload-ran
	run_bundle
	assert_failure
	mentions_not payload-ran
}

@test "spec M: a failing poststart hook is an error and stops the container (1.3)" {
	requires agentrun
	hook poststart 'cat >/dev/null; exit 3'
	payload pause
	create
	rt start "$ID"
	assert_failure
	wait_until is_status stopped
}

@test "spec M: a failing poststop hook is a warning, and the others run" {
	hook poststop 'cat >/dev/null; exit 3'
	hook poststop 'cat >/dev/null; echo second >"$T/second"'
	payload pause
	create
	rt start "$ID"
	rt delete -f "$ID"
	assert_status 0
	[ -e "$T/second" ]
}

@test "spec M timeout: on expiry the hook is killed and create fails" {
	hook createRuntime 'exec sleep 30'
	config '.hooks.createRuntime[0].timeout = 1'
	local start=$SECONDS
	run_bundle
	refused
	[ $((SECONDS - start)) -lt 10 ] || fail "took $((SECONDS - start)) seconds"
}

@test "spec M timeout: its whole process group dies" {
	requires agentrun
	hook createRuntime 'sleep 31.4159 & echo $! >"$T/child"; wait'
	config '.hooks.createRuntime[0].timeout = 1'
	run_bundle
	refused
	# killed is what counts; who reaps it, and when, is the host's affair
	wait_until is_dead "$(cat "$T/child")"
}

is_dead() { [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }

@test "spec M timeout: 0 or less is an error" {
	requires agentrun
	hook createRuntime true
	config '.hooks.createRuntime[0].timeout = 0'
	run_bundle
	refused
	config '.hooks.createRuntime[0].timeout = -1'
	run_bundle
	refused
}

@test "spec M: a hook that does not read its input is fine" {
	config '.annotations = {big: ("x" * 200000)}'
	config --arg p /bin/true '.hooks.createRuntime = [{path: $p}]'
	run_probe echo hi
	says hi
}

@test "spec M: no descriptor of the runtime leaks into a hook" {
	requires agentrun
	hook createRuntime 'cat >/dev/null; ls -l /proc/$$/fd >"$T/fds"'
	hook createContainer 'cat >/dev/null; ls -l /proc/$$/fd >"$T/fds2"'
	run_probe true
	# 255 is bash's own
	equal "$(awk '$9 > 2 && $9 != 255' "$T/fds")" ''
	equal "$(awk '$9 > 2 && $9 != 255' "$T/fds2")" ''
}

@test "spec G: prestart runs after the mounts are made, before pivot" {
	hook createContainer 'cat >/dev/null; mountpoint -q "$T/bundle/rootfs/proc" && echo mounted >"$T/m"'
	payload pause
	create
	equal "$(cat "$T/m")" mounted
}

@test "spec G: createContainer's mounts below the root appear in the container" {
	mkdir "$T/src"
	echo from-hook >"$T/src/f"
	hook createContainer 'cat >/dev/null; mount --bind "$T/src" "$T/bundle/rootfs/wk"'
	run_probe cat /wk/f
	says from-hook
}
