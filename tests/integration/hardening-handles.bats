#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Descriptors, the runtime's own binary, and what a hostile container sees of a process
# that joins it.
load ../lib/common
load ../lib/canary

setup() {
	test_begin
	canary_begin
}

# what engines give by default; with CAP_SYS_PTRACE on top a container is the host's root
engine_caps() {
	config '(["CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP",
		"SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"] | map("CAP_" + .)) as $c
		| .process.capabilities = {bounding: $c, effective: $c, permitted: $c}'
}

# leak COMMAND...: run it with descriptors of all kinds that were not meant for it
leak() {
	exec 20<"$CANARY" 21<"$CANARY/file" 22<>"$CANARY/file" 23</sys/fs/cgroup 24</ 25</dev/null \
		26< <(sleep 1) 27<"$B" 28</proc 29</proc/self/ns/mnt 30<"$T" 7<"$CANARY" 8</
	"$@"
	exec 20<&- 21<&- 22<&- 23<&- 24<&- 25<&- 26<&- 27<&- 28<&- 29<&- 30<&- 7<&- 8<&-
}

@test "hardening: descriptors that the caller leaks do not reach the payload (CVE-2024-21626)" {
	payload fds
	leak run_bundle
	assert_status 0
	mentions_not "$CANARY|$B|cgroup"
	equal "$(grep -cE '^fd' <<<"$output")" 3
}
@test "hardening: nor a process that exec starts" {
	launch pause
	leak rt exec "$ID" /probe fds
	assert_status 0
	equal "$(grep -cE '^fd' <<<"$output")" 3
}
@test "hardening: nor a hook" {
	cat >"$B/hook" <<-'EOF'
		#!/bin/sh
		ls -l /proc/self/fd >"$1"
	EOF
	chmod +x "$B/hook"
	config --arg h "$B/hook" --arg o "$T/hook.out" \
		'.hooks = {createRuntime: [{path: $h, args: ["hook", $o]}]}'
	payload true
	leak run_bundle
	assert_status 0
	never grep -E "$CANARY|cgroup" "$T/hook.out"
}
@test "hardening: cwd is no descriptor of the runtime (CVE-2024-21626)" {
	local n
	for n in $(seq 3 20); do
		config --arg c "/proc/self/fd/$n" '.process.cwd = $c'
		payload cwd
		leak run_bundle
		[ "$status" = 0 ] || [ -n "$stderr" ] || fail "refused without a word"
		mentions_not "canary|$T"
	done
	contained
}
@test "hardening: nor is it one through a link of the image" {
	local n
	for n in 3 5 7 8; do
		ln -sfn "/proc/self/fd/$n" "$B/rootfs/way"
		config '.process.cwd = "/way"'
		payload cwd
		leak run_bundle
		[ "$status" = 0 ] || [ -n "$stderr" ] || fail "refused without a word"
		mentions_not "canary|$T"
	done
}
@test "hardening: an interpreter that is /proc/self/exe leaves the runtime as it is (CVE-2019-5736)" {
	local before
	before=$(sha256sum "$RUNTIME")
	printf '#!/proc/self/exe\n' >"$B/rootfs/evil.sh"
	chmod 755 "$B/rootfs/evil.sh"
	config '.process.args = ["/evil.sh", "--version"]'
	run_bundle
	equal "$(sha256sum "$RUNTIME")" "$before"
}
# The runtime may be made to run itself there, but only from a view that takes no write.
@test "hardening: an entry point that is a link to /proc/self/exe (CVE-2019-5736)" {
	local before i
	before=$(sha256sum "$RUNTIME")
	ln -s /proc/self/exe "$B/rootfs/evil"
	config '.process.args = ["/evil", "--version"]'
	run_bundle
	engine_caps
	launch spy 60
	wait_until file_says "$T/out" ready
	for ((i = 0; i < 20; i++)); do
		rt exec "$ID" /evil --help
		rt exec "$ID" /proc/self/exe --help
	done
	: >"$B/rootfs/stop-spy"
	wait_until file_says "$T/out" rounds=
	never grep -E '^spied .* exe .*for writing$' "$T/out"
	equal "$(sha256sum "$RUNTIME")" "$before"
}
@test "hardening: a watcher in the container gets nothing of the processes that join it (CVE-2016-9962)" {
	local before i
	before=$(sha256sum "$RUNTIME")
	engine_caps
	launch spy 60
	wait_until file_says "$T/out" ready
	for ((i = 0; i < 80; i++)); do
		rt exec "$ID" /probe true
		assert_status 0
	done
	: >"$B/rootfs/stop-spy"
	wait_until file_says "$T/out" rounds=
	never grep -E '^spied .*( for writing| mem)$' "$T/out"
	never grep -E "^spied .*($T|cgroup|agentrun)" "$T/out"
	never grep -P '^spied .* (cwd|root) -> (?!/$)' "$T/out"
	equal "$(sha256sum "$RUNTIME")" "$before"
}
@test "hardening: the environment of a hook is its own (CVE-2025-23266)" {
	cat >"$B/hook" <<-'EOF'
		#!/bin/sh
		{ env; pwd; } >"$1"
	EOF
	chmod +x "$B/hook"
	config --arg h "$B/hook" --arg o "$T/hook.out" \
		'.process.env += ["LD_PRELOAD=/evil.so", "MARK=image"]
		| .hooks = {createRuntime: [{path: $h, args: ["hook", $o], env: ["OWN=1"]}]}'
	payload true
	run_bundle
	assert_status 0
	never grep -E 'LD_PRELOAD|MARK' "$T/hook.out"
	grep -qx OWN=1 "$T/hook.out"
	grep -qx "$(realpath "$B")" "$T/hook.out"
}
@test "hardening: no abstract socket is opened (CVE-2020-15257)" {
	local before
	before=$(awk '$8 ~ /^@/' /proc/net/unix | sort)
	launch pause
	equal "$(awk '$8 ~ /^@/' /proc/net/unix | sort | comm -13 <(echo "$before") -)" ""
}
@test "hardening: the state root is the owner's alone (CVE-2024-25621)" {
	launch pause
	equal "$(stat -c %a "$ROOT")" 700
	equal "$(find "$ROOT" -perm /077 ! -type l ! -type p)" ""
}
@test "hardening: a neighbour in a shared pid namespace gets nothing of a container that is made" {
	local a=$ID b i
	engine_caps
	launch spy 60
	wait_until file_says "$T/out" ready
	b=$T/neighbour
	make_bundle "$b"
	jq --arg p "/proc/$(init_pid)/ns/pid" --arg cg "/$TEST_CGROUP/$ID-b" \
		'.linux.namespaces |= map(if .type == "pid" then .path = $p else . end)
		| .linux.cgroupsPath = $cg' "$b/config.json" >"$T/b.json"
	mv "$T/b.json" "$b/config.json"
	for ((i = 0; i < 20; i++)); do
		rt run -b "$b" "$a-b"
		assert_status 0
	done
	: >"$B/rootfs/stop-spy"
	wait_until file_says "$T/out" rounds=
	grep -q '^rounds=' "$T/out"
	never grep -E '^spied .*( for writing| mem)$' "$T/out"
	never grep -E "^spied .*($T|cgroup|agentrun|socket)" "$T/out"
	canary_intact
}
