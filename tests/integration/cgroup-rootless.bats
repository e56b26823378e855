#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A user's containers: with a delegated cgroup they have one, without they do without,
# but not without a limit that was asked for.
load ../lib/common

U=12345

# as_user COMMAND...: as an unprivileged user, from the cgroup in $HOME_CGROUP
as_user() {
	status=0
	timeout 30 bash -c "${HOME_CGROUP:+echo \$\$ >$HOME_CGROUP/cgroup.procs;} exec setpriv --reuid $U --regid $U --clear-groups \"\$@\"" - "$@" \
		>"$T/stdout" 2>"$T/stderr" </dev/null 3>&- 4>&- || status=$?
	output=$(<"$T/stdout")
	stderr=$(<"$T/stderr")
}
user_rt() { as_user "$T/agentrun" --class none --root "$T/uroot" "$@"; }

user_bundle() {
	cp "$RUNTIME" "$T/agentrun"
	chmod 755 "$T"
	rm "$B/config.json"
	chown -R "$U:$U" "$B"
	mkdir "$T/uroot" && chown "$U:$U" "$T/uroot"
	as_user "$T/agentrun" spec --rootless -b "$B"
	assert_status 0
	config '.process.terminal = false | .process.args = ["/probe", "pause"]'
	chmod 644 "$B/config.json"
}
teardown() {
	[ ! -d "$T/uroot" ] || user_rt delete -f "$ID"
	[ -z "${D-}" ] || rmdir "$D/agentrun" "$D/shell" "$D" || true
	test_end
}

@test "rootless: a delegated cgroup is used: pause, ps, exec, kill and removal" {
	requires agentrun cgroup_v2
	user_bundle
	D=/sys/fs/cgroup/$TEST_CGROUP/user-$ID
	mkdir -p "$D/shell"
	chown -R "$U:$U" "$D"
	HOME_CGROUP=$D/shell
	user_rt run -d -b "$B" --pid-file "$B/pid" "$ID"
	assert_status 0
	grep -qx "0::/$TEST_CGROUP/user-$ID/agentrun/$ID" "/proc/$(cat "$B/pid")/cgroup"
	user_rt pause "$ID"
	assert_status 0
	user_rt resume "$ID"
	assert_status 0
	user_rt exec "$ID" /probe true
	assert_status 0
	user_rt ps -f json "$ID"
	equal "$output" "[$(cat "$B/pid")]"
	user_rt kill --all "$ID" KILL
	assert_status 0
	user_rt delete -f "$ID"
	assert_status 0
	[ ! -e "$D/agentrun/$ID" ] || fail "the cgroup is still there"
}

@test "rootless: without a cgroup of its own the container runs, and pause says why not" {
	requires agentrun
	user_bundle
	user_rt run -d -b "$B" --pid-file "$B/pid" "$ID"
	assert_status 0
	user_rt exec "$ID" /probe true
	assert_status 0
	user_rt pause "$ID"
	assert_failure
	complains 'no cgroup'
	user_rt ps -f json "$ID"
	equal "$output" "[$(cat "$B/pid")]"
}

@test "rootless: a limit that was asked for is not forgotten" {
	requires agentrun
	user_bundle
	config '.linux.resources.pids = {limit: 10}'
	chmod 644 "$B/config.json"
	user_rt run -b "$B" "$ID"
	assert_failure
	complains '/linux/resources/pids/limit'
}
