#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034
# The deadline ends everything; the monitor's death ends the container.
load ../lib/common
load ../lib/class
setup() { class_begin; }

# started [GRACE]: a running container with a short life
started() {
	annotate class=execute time.limit=1s "time.grace=${GRACE:-300ms}"
	launch "$@"
}
monitor_pid() { jq -r .monitorPid <<<"$(head -1 "$ROOT/$ID/state")"; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }

@test "deadline: a container that does nothing is ended, and the record says why" {
	started pause
	wait_until init_gone
	sealed_clean
	audited run.ended '.why == "deadline" and .limit == "time.limit" and .value == "1s"'
	equal "$(container_status)" stopped
	rt delete "$ID"
	assert_status 0
}

@test "deadline: SIGTERM comes first, and the grace is used" {
	GRACE=5s
	annotate class=execute time.limit=1s time.grace=5s
	payload trap TERM
	create
	start=$(now_ms)
	rt start "$ID"
	wait_until init_gone
	[ $(($(now_ms) - start)) -lt 4000 ] || fail "the payload had no SIGTERM"
	sealed_clean
	audited run.ended '.why == "deadline"'
}

@test "deadline: who ignores SIGTERM, has orphans and stopped children, dies too" {
	started orphans 8 -- ignore
	wait_until init_gone
	sealed_clean
	audited run.ended '.why == "deadline"'
	audited teardown '.proof.processes.gone'
}

@test "deadline: exec sessions die with it" {
	started pause
	rt exec -d --pid-file "$T/exec.pid" "$ID" /probe ignore
	assert_status 0
	wait_until init_gone
	wait_until sh -c "! kill -0 $(cat "$T/exec.pid")"
	sealed_clean
}

@test "deadline: a paused container is ended on time" {
	requires freezer
	started pause
	rt pause "$ID"
	assert_status 0
	start=$(now_ms)
	wait_until init_gone
	[ $(($(now_ms) - start)) -lt 3000 ] || fail "pausing bought time"
	sealed_clean
}

@test "deadline: a container that was never started is ended" {
	annotate class=execute time.limit=1s
	payload pause
	create
	assert_status 0
	wait_until init_gone
	sealed_clean
	not_audited run.started
}

@test "deadline: it comes without the engine's delete, which then still succeeds" {
	started pause
	wait_until init_gone
	wait_until is_sealed
	[ -z "$(cgroup_dirs)" ] || fail "the cgroup is still there"
	rt delete "$ID"
	assert_status 0
	residue
}

@test "monitor: when it is killed, the container dies within 100 ms" {
	annotate class=execute
	launch orphans 3 -- ignore
	# by a pidfd: polling /proc from a shell would measure the shell
	took=$(python3 - "$(monitor_pid)" "$(init_pid)" <<-'X'
		import os, select, signal, sys, time
		fd = os.pidfd_open(int(sys.argv[2]))
		start = time.monotonic()
		os.kill(int(sys.argv[1]), signal.SIGKILL)
		select.select([fd], [], [], 5)
		print(int((time.monotonic() - start) * 1000))
	X
	)
	echo "took $took ms"
	[ "$took" -lt 100 ] || fail "took $took ms"
	rt delete "$ID"
	assert_status 0
	audited run.ended '.why == "monitor lost"'
	sealed_clean
}

@test "monitor: it holds nothing of the engine" {
	annotate class=execute
	launch pause
	pid=$(monitor_pid)
	for fd in 0 1 2; do
		equal "$(readlink "/proc/$pid/fd/$fd")" /dev/null
	done
	equal "$(readlink "/proc/$pid/cwd")" /
	! readlink "/proc/$pid/fd"/* | grep -q "$T/out" || fail "it holds the container's output"
}

@test "monitor: SIGTERM to it ends the container in order" {
	annotate class=execute time.grace=100ms
	launch pause
	kill -TERM "$(monitor_pid)"
	wait_until init_gone
	sealed_clean
	audited run.ended '.why == "operator"'
}

@test "exit status and signals of the payload pass PID 1" {
	annotate class=execute
	payload exit 42
	rt run -b "$B" "$ID"
	assert_status 42
	sealed_clean
	audited run.ended '.why == "exit" and .exit_code == 42'
	payload kill-self 11
	rt run -b "$B" "$ID"
	assert_status 139
	sealed_clean
	audited run.ended '.why == "signal" and .signal == 11'
}

@test "kill: a signal from outside reaches the payload, SIGKILL ends all" {
	annotate class=execute
	launch trap TERM
	rt kill "$ID" TERM
	assert_status 0
	wait_until init_gone
	rt delete "$ID"
	sealed_clean
	launch orphans 4 -- ignore
	rt kill "$ID" KILL
	wait_until init_gone
	sealed_clean
	audited run.ended '.why == "killed"'
}

@test "delete --force of a running container seals its run" {
	annotate class=execute
	launch pause
	rt delete --force "$ID"
	assert_status 0
	sealed_clean
	audited run.ended '.why == "killed"'
}

@test "monitor: killed while the container is paused, gc ends it" {
	requires freezer
	annotate class=execute
	launch pause
	rt pause "$ID"
	assert_status 0
	kill -9 "$(monitor_pid)"
	gc_ends_it() { rt gc && grep -q 'its monitor is gone' <<<"$output"; }
	wait_until gc_ends_it
	wait_until init_gone
	equal "$(container_status)" stopped
	audited run.ended '.why == "monitor lost"'
	rt delete "$ID"
	assert_status 0
	sealed_clean
}

@test "create killed at any step: gc seals what was declared, and nothing is left" {
	annotate class=execute
	payload pause
	for us in 500 2000 4000 6000 8000 10000 12000 14000 16000 18000 20000 25000 30000; do
		"$RUNTIME" --config "$T/agentrun.json" --root "$ROOT" create -b "$B" "$ID" \
			>/dev/null 2>&1 </dev/null 3>&- 4>&- &
		pid=$!
		sleep "$(printf '0.%06d' $us)"
		kill -9 $pid 2>/dev/null || true
		wait $pid 2>/dev/null || true
		rt gc
		rt delete --force "$ID"
	done
	[ ! -e "$AUDIT/audit.jsonl" ] || sealed_runs
	residue
}
sealed_runs() {
	equal "$(grep -c '"seq":0,' "$AUDIT/audit.jsonl")" "$(grep -c '"sealed":true' "$AUDIT/audit.jsonl")"
	rt audit verify
	assert_status 0
}

@test "state says why a run ended" {
	started pause
	wait_until init_gone
	wait_until is_sealed
	rt state "$ID"
	json '.class == "execute" and .ended == "deadline"'
}

@test "teardown: an engine that does not reap does not hold it up" {
	annotate class=execute time.limit=1s time.grace=100ms
	payload pause
	# a subreaper that never waits: the container's PID 1 stays a zombie
	cat >"$T/engine.py" <<-'X'
		import ctypes, subprocess, sys, time
		ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
		null = subprocess.DEVNULL
		subprocess.run(sys.argv[1:], stdin=null, stdout=null, stderr=null)
		time.sleep(60)
	X
	background python3 "$T/engine.py" "$RUNTIME" --config "$T/agentrun.json" --root "$ROOT" \
		create -b "$B" --pid-file "$T/pid" "$ID"
	wait_until test -s "$T/pid"
	wait_until is_sealed
	audited teardown '.clean and .took_ms < 1000'
	equal "$(proc_state "$(init_pid)")" Z
	rt delete "$ID"
	assert_status 0
}

@test "privilege: monitor and lifeline hold no more than PRIVSEP.md says" {
	annotate class=execute
	launch pause
	for pid in "$(monitor_pid)" "$(init_pid)"; do
		output=$(tr -d ' \t' <"/proc/$pid/status")
		says NoNewPrivs:1
		says Seccomp:2
		says CapInh:0000000000000000
		says CapAmb:0000000000000000
	done
	# CAP_DAC_OVERRIDE, CAP_KILL, CAP_SYS_PTRACE
	grep -q '^CapPrm:.0000000000080022$' "/proc/$(monitor_pid)/status"
	# CAP_KILL
	grep -q '^CapPrm:.0000000000000020$' "/proc/$(init_pid)/status"
	equal "$(find "/proc/$(init_pid)/fd" -mindepth 1 | wc -l)" 4
}
