#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Standard streams: who may open them again, and which the container does not get.
load ../lib/common
load ../lib/canary

setup() {
	test_begin
	canary_begin
}

# piped COMMAND...: rt with pipes as all three standard streams
piped() {
	local -a ra
	read -ra ra <<<"$RUNTIME_ARGS"
	status=0
	: | timeout -k 5 "$RT_TIMEOUT" "$RUNTIME" "${ra[@]}" --root "$ROOT" "$@" 2> >(cat >"$T/stderr") 3>&- 4>&- |
		cat >"$T/stdout" || status=$?
	output=$(<"$T/stdout")
	stderr=$(<"$T/stderr")
}

@test "stdio: a pipe can be opened again by the payload's user" {
	config '.process.user = {uid: 1000, gid: 1000}'
	payload open /proc/self/fd/1 w -- open /proc/self/fd/2 w
	piped run -b "$B" "$ID"
	equal "$(grep -c '^open=ok' <<<"$output")" 2
}
@test "stdio: so can it by a user of exec" {
	launch pause
	piped exec -u 1000:1000 "$ID" /probe open /proc/self/fd/1 w
	says open=ok
}
@test "stdio: a file that the caller redirected to stays the caller's" {
	config '.process.user = {uid: 1000, gid: 1000}'
	payload true
	rt run -b "$B" "$ID"
	assert_status 0
	equal "$(stat -c %u:%a "$T/stdout")" "0:$(stat -c %a "$T/stderr")"
}
@test "stdio: the host's null device becomes the container's, and keeps its owner (CVE-2026-88265)" {
	payload statfs /proc/self/fd/0 -- statfs /dev/null
	rt run -b "$B" "$ID"
	assert_status 0
	equal "$(sed 's/^statfs [^=]*=//' <<<"$output" | sort -u | wc -l)" 1
	user_ns
	config '.process.user = {uid: 1000, gid: 1000}'
	rt run -b "$B" "$ID"
	assert_status 0
	canary_intact
}
