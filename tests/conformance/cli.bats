#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Command-line contract: parsing (1), global options (2), logs (5), exit codes (7),
# features (10), --version (11), checkpoint (14). Names are "cli SECTION subject: sentence".
load ../lib/common

COMMANDS="create start run exec kill delete state list ps pause resume update events spec features
	checkpoint restore"

# raw ARG...: the runtime as it is, without --root and without a pinned class
raw() {
	status=0
	timeout -k 5 "$RT_TIMEOUT" "$RUNTIME" "$@" >"$T/stdout" 2>"$T/stderr" </dev/null 3>&- 4>&- || status=$?
	output=$(<"$T/stdout")
	stderr=$(<"$T/stderr")
}
# nobody ARG...: as nobody, with an empty environment
nobody() {
	cp "$RUNTIME" "$T/runtime"
	chmod 755 "$T/runtime"
	status=0
	timeout 20 setpriv --reuid 65534 --regid 65534 --clear-groups env -i "$T/runtime" "$@" \
		>"$T/stdout" 2>"$T/stderr" </dev/null 3>&- 4>&- || status=$?
	output=$(<"$T/stdout")
	stderr=$(<"$T/stderr")
}
one_line() { equal "$(wc -l <"$T/stderr")" 1 "lines on stderr"; }

@test "cli 1 P1: options end at the first operand: exec ID echo -l" {
	launch pause
	rt exec "$ID" /probe echo -l --env x -d
	assert_status 0
	says "-l --env x -d"
}

@test "cli 1 P1: options end at the first operand: ps ID -ef" {
	launch pause
	rt ps "$ID" -e -o pid,args
	assert_status 0
	mentions "PID"
	mentions "pause"
}

@test "cli 1 P1: -- ends the options" {
	launch pause
	rt exec -- "$ID" /probe echo hi
	assert_status 0
	says hi
}

@test "cli 1 P2: a value after a space or after =" {
	payload pause
	rt create --bundle="$B" --pid-file "$T/pid" "$ID"
	assert_status 0
	rt kill "$ID" KILL
	rt delete --force=true "$ID"
	assert_status 0
}

@test "cli 1 P3: long options with one dash" {
	payload true
	rt run -bundle "$B" -no-new-keyring -pid-file="$T/pid" "$ID"
	assert_status 0
}

@test "cli 1 P4: booleans bare, =true, =false, =1, =0" {
	requires agentrun
	payload true
	raw --class none --root "$ROOT" --debug=false --systemd-cgroup=false run -b "$B" --no-pivot=0 --detach=false "$ID"
	assert_status 0
	launch pause
	rt kill --all=true "$ID" KILL
	assert_status 0
	rt delete --force=1 "$ID"
	assert_status 0
	rt delete --force=maybe "$ID"
	assert_status 1
}

@test "cli 1 P5: a repeated scalar: the last one wins" {
	payload true
	rt run -b /nonexistent -b "$B" "$ID"
	assert_status 0
	launch pause
	# shellcheck disable=SC2086
	raw $RUNTIME_ARGS --root /nonexistent/one --root "$ROOT" state "$ID"
	assert_status 0
}

@test "cli 1 P5: repeated lists accumulate" {
	launch pause
	rt exec --env A=1 -e B=2 --env=C=3 "$ID" /probe env
	says "env A=1"
	says "env B=2"
	says "env C=3"
}

@test "cli 1 P6: global options are accepted by commands that ignore them" {
	launch pause
	local o
	for o in --systemd-cgroup --debug "--log $T/p6.log" "--log-format json"; do
		# shellcheck disable=SC2086
		rt $o state "$ID"
		assert_status 0
		# shellcheck disable=SC2086
		rt $o kill "$ID" 0 || true
	done
	rt --systemd-cgroup kill "$ID" KILL
	assert_status 0
}

@test "cli 1 P7: a missing argument says 'requires an argument' or 'flag needs an argument'" {
	rt restore --lsm-mount-context
	assert_failure
	grep -qE 'requires an argument|flag needs an argument' "$T/stderr" "$T/stdout"
	rt create --bundle
	assert_failure
	grep -qE 'requires an argument|flag needs an argument' "$T/stderr" "$T/stdout"
}

@test "cli 1 P8: --help of every command exits 0, as nobody, with an empty environment" {
	requires agentrun
	local c
	for c in $COMMANDS gc; do
		nobody "$c" --help
		assert_status 0
		equal "$stderr" ""
		mentions "Usage: .*$c"
	done
	nobody --help
	assert_status 0
	for c in $COMMANDS; do mentions "^  $c "; done
}

@test "cli 1 P8: checkpoint --help exits 0" {
	nobody checkpoint --help
	assert_status 0
}

@test "cli 1 P9: an unknown command or option: exit 1, one line on stderr" {
	requires agentrun
	raw nonsense
	assert_status 1
	one_line
	raw --nonsense list
	assert_status 1
	one_line
	rt state --nonsense "$ID"
	assert_status 1
	one_line
	raw
	assert_status 1
	one_line
}

@test "cli 1 P9: too few and too many operands are errors" {
	rt state
	assert_failure
	rt create
	assert_failure
	rt delete
	assert_failure
	rt exec
	assert_failure
	requires agentrun
	rt state "$ID" more
	assert_status 1
	rt list more
	assert_status 1
}

@test "cli 1 P10: exec -u: a strict parser (CVE-2026-30892)" {
	local u
	launch pause
	for u in 1: :2 1x -1 4294967296 4294967295 "" " 1" 1:2:3 0x1 1.0 +1 root; do
		rt exec -u "$u" "$ID" /probe status
		assert_failure
	done
	rt exec -u 1 "$ID" /probe status
	assert_status 0
	mentions "uid=1\b"
	rt exec --user=1:2 "$ID" /probe status
	assert_status 0
	mentions "uid=1\b"
	mentions "gid=2\b"
}

@test "cli 1 P10: exec -u: ids beyond 2^31 arrive unchanged (CVE-2024-40635)" {
	launch pause
	rt exec -u 2147483648:4294967294 "$ID" /probe status
	assert_status 0
	mentions "uid=2147483648"
	mentions "gid=4294967294"
}

@test "cli 1 P10: numbers with something behind, or out of range, are errors" {
	requires agentrun
	local n
	payload true
	for n in x 1x -1 "" 0x3 99999999999999999999; do
		rt run -b "$B" --preserve-fds "$n" "$ID"
		assert_status 1
		complains preserve-fds
	done
	launch pause
	rt exec -g 1x "$ID" /probe true
	assert_failure
	rt events --interval 5 "$ID"
	assert_status 1
}

@test "cli 1 P11: the name it is called by changes nothing" {
	requires agentrun
	local name
	for name in runc crun docker-runc x; do
		ln -sf "$RUNTIME" "$T/$name"
		"$T/$name" --version >"$T/v"
		grep -q "^agentrun version" "$T/v"
	done
}

@test "cli 1 P12: an empty environment, no terminal" {
	payload echo alive
	status=0
	# shellcheck disable=SC2086
	output=$(setsid env -i "$RUNTIME" $RUNTIME_ARGS --root "$ROOT" run -b "$B" "$ID" </dev/null 3>&- 4>&-) || status=$?
	assert_status 0
	says alive
}

@test "cli 1 P12: an empty XDG_RUNTIME_DIR is the same as none" {
	requires agentrun
	nobody list
	local without=$stderr
	status=0
	setpriv --reuid 65534 --regid 65534 --clear-groups env -i XDG_RUNTIME_DIR= "$T/runtime" list \
		>"$T/stdout" 2>"$T/stderr" || status=$?
	equal "$(<"$T/stderr")" "$without"
	XDG_RUNTIME_DIR='' HOME='' rt list
	assert_status 0
}

@test "cli 1 P12: nothing else of the environment changes what happens (hardening 38)" {
	requires agentrun
	payload env
	LD_PRELOAD=/nonexistent.so LD_LIBRARY_PATH=/nonexistent GCONV_PATH=/nonexistent LANG=de_DE.UTF-8 \
		PATH=/nonexistent TMPDIR=/nonexistent AGENTRUN_ROOT=/nonexistent "$RUNTIME" --class none \
		--root "$ROOT" run -b "$B" "$ID" >"$T/stdout" 2>"$T/stderr" 3>&- 4>&-
	output=$(<"$T/stdout")
	mentions_not nonexistent
	mentions_not LANG
}

@test "cli 2 --root: the state is there, mode 0700" {
	payload pause
	create
	assert_status 0
	[ -d "$ROOT/$ID" ]
	equal "$(stat -c %a "$ROOT/$ID")" 700
	requires agentrun
	equal "$(stat -c %a "$ROOT")" 700
}

@test "cli 2 --root: two roots do not see each other" {
	launch pause
	# shellcheck disable=SC2086
	raw $RUNTIME_ARGS --root "$T/other" state "$ID"
	assert_failure
}

@test "cli 2 --root: without it an ordinary user needs XDG_RUNTIME_DIR, and is told so" {
	requires agentrun
	nobody list
	assert_status 1
	complains XDG_RUNTIME_DIR
	mkdir "$T/xdg"
	chown 65534:65534 "$T/xdg"
	status=0
	setpriv --reuid 65534 --regid 65534 --clear-groups env -i XDG_RUNTIME_DIR="$T/xdg" "$T/runtime" list -q || status=$?
	assert_status 0
}

@test "cli 2 --root: an ordinary user's default is below XDG_RUNTIME_DIR, 0700 and sticky" {
	requires agentrun userns
	local user
	user=(timeout 20 setpriv --reuid 65534 --regid 65534 --clear-groups env -i "XDG_RUNTIME_DIR=$T/xdg" "$T/runtime" --class none)
	cp "$RUNTIME" "$T/runtime"
	chmod 755 "$T/runtime"
	mkdir "$T/xdg"
	rm "$B/config.json"
	chown -R 65534:65534 "$T/xdg" "$B"
	"${user[@]}" spec --rootless -b "$B"
	config '.process.args = ["/probe", "pause"] | .process.terminal = false'
	"${user[@]}" create -b "$B" "$ID" >/dev/null </dev/null 3>&- 4>&-
	equal "$(stat -c %a:%u "$T/xdg/agentrun")" 1700:65534
	output=$("${user[@]}" list)
	mentions "^$ID .* created .* nobody$"
	"${user[@]}" start "$ID"
	"${user[@]}" exec "$ID" /probe echo hi
	"${user[@]}" delete -f "$ID"
	[ ! -e "$T/xdg/agentrun/$ID" ]
}

@test "cli 2 --log-level, --cgroup-manager, --rootless, --criu: are accepted" {
	requires agentrun
	local o
	for o in "--log-level error" "--log-level=warning" "--log-level info" "--log-level debug" \
		"--cgroup-manager cgroupfs" "--cgroup-manager=disabled" "--rootless=true" "--rootless auto" \
		"--rootless false" "--rootless" "--criu /x" "--debug"; do
		# shellcheck disable=SC2086
		rt $o list -q
		assert_status 0
	done
	rt --log-level loud list
	assert_status 1
	rt --cgroup-manager mine list
	assert_status 1
}

@test "cli 2 --cgroup-manager disabled: a container without a cgroup of its own" {
	requires agentrun
	payload echo alive
	config 'del(.linux.resources)'
	rt --cgroup-manager disabled run -b "$B" "$ID"
	assert_status 0
	says alive
}

@test "cli 2 --systemd-cgroup: without systemd a clear error that leaves nothing" {
	requires agentrun
	requires no_systemd
	payload true
	config '.linux.cgroupsPath = "system.slice:agentrun:x"'
	rt --systemd-cgroup run -b "$B" "$ID"
	refused systemd
	rt --cgroup-manager systemd run -b "$B" "$ID"
	refused systemd
}

@test "cli 2 --class: an unknown class is refused, with its name" {
	requires agentrun
	payload true
	raw --root "$ROOT" --class nosuchclass run -b "$B" "$ID"
	assert_status 1
	complains nosuchclass
	raw --root "$ROOT" --class ../x run -b "$B" "$ID"
	assert_status 1
}

@test "cli 5 --log json: exactly one object for a failure, with level, msg and time" {
	rt --log "$T/log" --log-format json state nosuch
	assert_failure
	equal "$(jq -s length "$T/log")" 1
	output=$(<"$T/log")
	json '.level == "error" and (.msg | contains("does not exist")) and (.time | type == "string")'
	requires agentrun
	json '(keys | sort) == ["level", "msg", "time"]'
	json '.time | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)$")'
}

@test "cli 5 --log json: the same text on stderr as well" {
	rt --log "$T/log" --log-format json state nosuch
	grep -qF -- "$(jq -r .msg "$T/log")" "$T/stderr"
}

@test "cli 5 --log json: a failed create leaves one object" {
	config '.process.args = ["/nosuch"]'
	rt --log "$T/log" --log-format json create -b "$B" "$ID"
	assert_failure
	equal "$(jq -s 'map(select(.level == "error")) | length' "$T/log")" 1
	grep -qF -- "$(jq -r .msg "$T/log" | tail -1)" "$T/stderr"
}

@test "cli 5 --log: success writes nothing, there and on stderr" {
	payload true
	rt --log "$T/log" --log-format json run -b "$B" "$ID"
	assert_status 0
	equal "$stderr" ""
	[ ! -s "$T/log" ]
}

@test "cli 5 --log: several invocations append" {
	rt --log "$T/log" --log-format json state nosuch1
	rt --log "$T/log" --log-format json state nosuch2
	equal "$(jq -s length "$T/log")" 2
	equal "$(stat -c %a "$T/log")" 644
}

@test "cli 5 --log text: one line, with the message" {
	rt --log "$T/log" state nosuch
	equal "$(wc -l <"$T/log")" 1
	grep -q "does not exist" "$T/log"
}

@test "cli 5 --log: the prefix file: is a path" {
	requires agentrun
	rt --log "file:$T/log" --log-format json state nosuch
	equal "$(jq -s length "$T/log")" 1
}

@test "cli 5 --log: a log that cannot be opened is an error" {
	rt --log /nonexistent/dir/log state nosuch
	assert_failure
	[ -n "$stderr" ]
}

@test "cli 5 --log: a warning goes to stderr, and into the log only with --debug" {
	requires agentrun pids
	launch pause
	rt --log "$T/log" --log-format json update --kernel-memory 1000000 "$ID"
	assert_status 0
	complains kernel-memory
	[ ! -s "$T/log" ]
	rt --debug --log "$T/log" --log-format json update --kernel-memory 1000000 "$ID"
	assert_status 0
	jq -se 'map(.level) | index("warning") != null and index("debug") != null' "$T/log" >/dev/null
	jq -se 'all(keys == ["level", "msg", "time"])' "$T/log" >/dev/null
}

@test "cli 5 messages: closed standard streams do not lead into a file" {
	requires agentrun
	"$RUNTIME" --log "$T/log" --log-format json --root "$ROOT" state nosuch <&- >&- 2>&- || true
	equal "$(jq -s length "$T/log")" 1
	payload fds
	"$RUNTIME" --class none --root "$ROOT" run -b "$B" "$ID" >"$T/stdout" <&- 2>&-
	output=$(<"$T/stdout")
	mentions "^fd 0=/dev/null"
	mentions "^fd 2=/dev/null"
	mentions_not "^fd 3="
}

@test "cli 5 messages: control characters of arguments do not reach stderr or the log" {
	requires agentrun
	rt --log "$T/log" --log-format json state $'a\nb\e[31m{"level":"error"}'
	assert_failure
	one_line
	never grep -qP '[\x00-\x09\x0b-\x1f]' "$T/stderr"
	equal "$(jq -s length "$T/log")" 1
}

@test "cli 5 messages: are bounded" {
	requires agentrun
	rt state "$(printf 'a%.0s' {1..5000})"
	assert_failure
	[ "$(wc -c <"$T/stderr")" -lt 2000 ]
}

@test "cli 7 exit codes: the process's own" {
	local c
	for c in 0 1 3 127 255; do
		payload exit "$c"
		rt run -b "$B" "$ID"
		assert_status "$c"
	done
}

@test "cli 7 exit codes: 128 + N for signal N" {
	without_ns pid
	payload kill-self 15
	rt run -b "$B" "$ID"
	assert_status 143
	launch pause
	rt exec "$ID" /probe kill-self 9
	assert_status 137
}

@test "cli 7 exit codes: any failure of the runtime is 1" {
	rt state nosuch
	assert_status 1
	rt start nosuch
	assert_status 1
	rt create -b /nonexistent "$ID"
	assert_status 1
}

@test "cli 7 exit codes: 255 when a foreground exec could not run its process" {
	requires agentrun
	launch pause
	rt exec "$ID" /nosuch
	assert_status 255
	rt exec nosuch /probe true
	assert_status 255
	rt exec -d "$ID" /nosuch
	assert_status 1
}

@test "cli 10 features: as nobody, without a host set-up, and nothing on stderr" {
	nobody features
	assert_status 0
	equal "$stderr" ""
	json '.ociVersionMin != "" and .ociVersionMax != ""'
}

@test "cli 10 features: what engines look for" {
	nobody features
	json '.linux.namespaces | contains(["cgroup", "ipc", "mount", "network", "pid", "user", "uts"])'
	json '.hooks | contains(["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"])'
	json '.mountOptions | contains(["ro", "rw", "bind", "rbind", "nosuid", "noexec", "nodev"])'
	json '.linux.capabilities | contains(["CAP_CHOWN", "CAP_SYS_ADMIN"])'
	json '.linux.seccomp.enabled and (.linux.seccomp.actions | contains(["SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO"]))'
}

@test "cli 10 features: runtime-spec 1.3.0" {
	requires agentrun
	nobody features
	json '.ociVersionMin == "1.0.0" and .ociVersionMax == "1.3.0"'
	json '.linux.mountExtensions.idmap.enabled == true'
	json '.mountOptions | contains(["rro", "idmap", "ridmap", "tmpcopyup"])'
	json '.mountOptions == (.mountOptions | sort)'
	json '.linux.cgroup.v1 and .linux.cgroup.v2'
	json '.linux.namespaces | index("time")'
	json '.linux.netDevices.enabled and .linux.intelRdt.enabled'
	json '.linux.memoryPolicy.modes | index("MPOL_BIND")'
	json '.linux.seccomp.operators | length == 7'
	json '.annotations["dev.agentrun.version"] and .annotations["dev.agentrun.checkpoint.enabled"] == "false"'
	json '.potentiallyUnsafeConfigAnnotations | index("dev.agentrun.")'
}

@test "cli 11 --version: only the first line has the word version" {
	nobody --version
	assert_status 0
	equal "$stderr" ""
	grep -qE "^[a-z]+ version [0-9]" <<<"$(head -1 <<<"$output")"
	equal "$(grep -ci version <<<"$output")" 1
	mentions "^spec: 1\."
	nobody -v
	assert_status 0
}

@test "cli 14 checkpoint, restore: every option parses, then one clear error" {
	requires agentrun
	rt checkpoint --image-path /i --work-path /w --parent-path ../p --leave-running --tcp-established \
		--tcp-skip-in-flight --link-remap --ext-unix-sk --shell-job --lazy-pages --status-fd 3 \
		--page-server 127.0.0.1:1 --file-locks --pre-dump --manage-cgroups-mode soft --empty-ns network \
		--auto-dedup --network-lock nftables "$ID"
	assert_status 1
	complains "checkpoint/restore needs criu"
	one_line
	rt restore --bundle "$B" --image-path /i --work-path /w --console-socket /c --tcp-established \
		--tcp-close --ext-unix-sk --shell-job --file-locks --manage-cgroups-mode ignore --detach \
		--pid-file /p --no-subreaper --no-pivot --no-new-keyring --empty-ns network --auto-dedup \
		--lazy-pages --lsm-profile selinux:x --lsm-mount-context x --preserve-fds 2 "$ID"
	assert_status 1
	complains "checkpoint/restore needs criu"
	rt checkpoint --manage-cgroups-mode odd "$ID"
	assert_status 1
}

@test "cli 16 documents: what is printed to a full disk is an error, not lost" {
	requires agentrun
	status=0
	"$RUNTIME" features >/dev/full 2>"$T/stderr" || status=$?
	stderr=$(<"$T/stderr")
	assert_status 1
	complains "no space left"
}
