#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Ids and capabilities, as /proc/self/status in the container has them.
# shellcheck disable=SC2016
load ../lib/common

KILL=0000000000000020 RAW=0000000000002000 BOTH=0000000000002020 NONE=0000000000000000

# sets BOUNDING EFFECTIVE INHERITABLE PERMITTED AMBIENT: words of "KILL NET_RAW"
sets() {
	local names=(bounding effective inheritable permitted ambient) i
	config '.process.capabilities = {}'
	for i in 0 1 2 3 4; do
		# shellcheck disable=SC2086
		config --arg s "${names[i]}" '.process.capabilities[$s] = ($ARGS.positional | map("CAP_" + .))' \
			--args -- ${1:-}
		shift
	done
}
user() { config --argjson u "$1" '.process.user = {uid: $u, gid: $u}'; }
new_privs() { config '.process.noNewPrivileges = false'; }
caps() { # BND EFF INH PRM AMB
	equal "$(value cap_bnd) $(value cap_eff) $(value cap_inh) $(value cap_prm) $(value cap_amb)" "$*"
}

@test "caps: root: execve gives it its bounding set, but not under no_new_privs" {
	sets "KILL NET_RAW" KILL "" KILL ""
	run_probe status
	caps $BOTH $KILL $NONE $KILL $NONE
	new_privs
	run_probe status
	caps $BOTH $BOTH $NONE $BOTH $NONE
}

@test "caps: root: an inheritable set is as the config has it" {
	sets "KILL NET_RAW" "KILL NET_RAW" KILL "KILL NET_RAW" ""
	run_probe status
	caps $BOTH $BOTH $KILL $BOTH $NONE
}

@test "caps: a user without ambient has none after execve" {
	user 1000
	sets "KILL NET_RAW" "KILL NET_RAW" "" "KILL NET_RAW" ""
	run_probe status
	caps $BOTH $NONE $NONE $NONE $NONE
}

@test "caps: a user with ambient has those" {
	user 1000
	sets "KILL NET_RAW" "KILL NET_RAW" "NET_RAW" "KILL NET_RAW" "NET_RAW"
	run_probe status
	caps $BOTH $RAW $RAW $RAW $RAW
}

@test "caps: ambient that is not inheritable is left out, with the container running" {
	user 1000
	sets "KILL NET_RAW" "KILL NET_RAW" "" "KILL NET_RAW" "NET_RAW"
	run_probe status
	caps $BOTH $NONE $NONE $NONE $NONE
}

@test "caps: effective above permitted is refused, by name" {
	sets "KILL NET_RAW" "KILL NET_RAW" "" KILL ""
	run_bundle
	refused '/process/capabilities/effective: CAP_NET_RAW is not in permitted'
}

@test "caps: what this host cannot give is left out, with the container running" {
	requires agentrun
	sets "KILL SYS_RESOURCE NO_SUCH_THING" KILL "" "KILL SYS_RESOURCE" ""
	if bounding_has 24; then
		run_probe status
		equal "$(value cap_bnd)" 0000000001000020
	else
		run_probe status
		caps $KILL $KILL $NONE $KILL $NONE
	fi
}

@test "caps: a user namespace has all to give, whatever the host lacks" {
	user_ns
	sets "KILL SYS_RESOURCE" "KILL SYS_RESOURCE" "" "KILL SYS_RESOURCE" ""
	run_probe status
	caps 0000000001000020 0000000001000020 $NONE 0000000001000020 $NONE
}

@test "caps: exec has the sets of the config, for root and for a user" {
	sets "KILL NET_RAW" KILL "" KILL ""
	new_privs
	launch pause
	in_container status
	caps $BOTH $BOTH $NONE $BOTH $NONE
	rt exec -u 1000:1000 "$ID" /probe status
	assert_status 0
	caps $BOTH $NONE $NONE $NONE $NONE
}

@test "caps: exec --cap: root gets it, inheritable stays empty" {
	sets KILL KILL "" KILL ""
	launch pause
	rt exec -c CAP_NET_RAW "$ID" /probe status
	assert_status 0
	caps $BOTH $BOTH $NONE $BOTH $NONE
	# the control: the next one is as before
	in_container status
	caps $KILL $KILL $NONE $KILL $NONE
}

@test "caps: no way up: a user without capabilities cannot become root" {
	user 1000
	config 'del(.process.capabilities)'
	run_probe setuid 0 -- setgroups 0
	equal "$(tr '\n' ' ' <<<"$output")" 'setuid=EPERM setgroups=EPERM '
}

@test "caps: groups: the caller's are dropped, Podman's annotation keeps them" {
	requires root agentrun
	local -a ra
	read -ra ra <<<"$RUNTIME_ARGS"
	payload status
	with_groups() {
		output=$(setpriv --groups 4,24 "$RUNTIME" "${ra[@]}" --root "$ROOT" run -b "$B" "$ID" \
			</dev/null 3>&- 4>&-)
	}
	with_groups
	equal "$(value groups)" "" "nothing of the caller"
	config '.annotations["run.oci.keep_original_groups"] = "1"'
	with_groups
	equal "$(value groups)" "4,24"
}

@test "caps: what was left out is in the log of a caller that asks, and nowhere else" {
	requires agentrun
	sets "KILL NO_SUCH_THING" KILL "" KILL ""
	payload true
	rt --log "$T/log" --debug run -b "$B" "$ID"
	assert_status 0
	grep -q "left out: 'CAP_NO_SUCH_THING'" "$T/log"
	rt run -b "$B" "$ID"
	assert_status 0
	equal "$stderr" ""
}
