#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What comes in from outside and is wrong: one line that says what, where and what was
# expected; status 1; nothing left behind; no waiting.

load ../lib/common

# one_line [REGEX]: refused with exactly one line, and perhaps a hint under it
one_line() {
	refused "$@"
	equal "$status" 1
	equal "$(grep -vc '^  hint: ' <<<"$stderr")" 1 "more than one line"
	grep -q '^agentrun: ' <<<"$stderr" || fail "the line does not say who speaks"
	# shellcheck disable=SC1112
	! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' <<<"$stderr" || fail "control characters in a message"
}

@test "bad input: every member of config.json with a wrong type" {
	requires agentrun
	local path old
	cp "$B/config.json" "$T/good.json"
	while read -r path; do
		old=$(jq -c "getpath($path) | type" "$T/good.json")
		case $old in
		'"object"') jq -c "setpath($path; \"x\")" "$T/good.json" >"$B/config.json" ;;
		*) jq -c "setpath($path; {\"x\": 1})" "$T/good.json" >"$B/config.json" ;;
		esac
		run_bundle
		one_line 'config\.json:/.*expected '
	done < <(jq -c 'paths | select((.[-1] | type) == "string" or length < 4)' "$T/good.json")
}

@test "bad input: strings with NUL, half characters and broken UTF-8" {
	requires agentrun
	local s
	for s in 'a\u0000b' '\ud800' '\udc00x' $'\xff' $'\xc0\xaf' $'\xed\xa0\x80' $'\x01'; do
		config '.hostname = "HERE"'
		LC_ALL=C awk -v s="${s//\\/\\\\}" '{ gsub(/HERE/, s); print }' "$B/config.json" >"$T/bad.json"
		mv "$T/bad.json" "$B/config.json"
		run_bundle
		one_line 'config\.json:/'
		config_reset
	done
}

config_reset() {
	jq --arg cg "/$TEST_CGROUP/$ID" '.linux.cgroupsPath = $cg' "$TOP/tests/lib/config.json" >"$B/config.json"
}

@test "bad input: numbers that are none, or too large" {
	requires agentrun
	local n
	for n in 1.5 1e3 -1 4294967295 4294967296 99999999999999999999 '"0"' true '[]'; do
		config_reset
		config '.process.user.uid = 77'
		sed -i "s/: 77\b/: $n/" "$B/config.json"
		run_bundle
		one_line '/process/user/uid: '
	done
}

@test "bad input: more than 16 MiB, a million values, a long string" {
	requires agentrun
	{
		printf '{"ociVersion":"1.0.0","x":"'
		head -c 17000000 /dev/zero | tr '\0' x
		printf '"}'
	} >"$B/config.json"
	run_bundle
	one_line 'larger than 16 MiB'

	{
		printf '{"ociVersion":"1.0.0","x":['
		yes 0, | head -n 1100000 | tr -d '\n'
		printf '0]}'
	} >"$B/config.json"
	run_bundle
	one_line 'too many values'

	config_reset
	config '.annotations = {"a": ("x" * 100000)} | .hostname = ("y" * 100000)'
	run_bundle
	one_line
	[ ${#stderr} -lt 2000 ] || fail "a message of ${#stderr} bytes"
}

@test "bad input: config.json is a folder, a fifo, a device, a loop of links" {
	requires agentrun
	rm "$B/config.json"
	run_bundle
	one_line 'config\.json.*no such file'
	mkdir "$B/config.json"
	run_bundle
	one_line 'config\.json'
	rmdir "$B/config.json"
	mkfifo "$B/config.json"
	run_bundle
	one_line 'config\.json'
	rm "$B/config.json"
	ln -s config.json "$B/config.json"
	run_bundle
	one_line 'config\.json'
	ln -sf /dev/zero "$B/config.json"
	run_bundle
	one_line 'config\.json'
}

@test "bad input: IDs that are no names" {
	requires agentrun
	local id bad
	for id in . .. ../x a/b /a .hidden '' 'a b' $'a\nb' 'a*' $'\xc3\xa9' "$(printf 'a%.0s' {1..256})"; do
		for bad in "run -b $B" "create -b $B" state start kill delete exec pause; do
			read -ra bad <<<"$bad"
			if [ "${bad[0]}" = exec ]; then
				rt exec "$id" /probe
			else
				rt "${bad[@]}" "$id"
			fi
			[ "$status" != 0 ] || fail "${bad[0]} accepted the id '$id'"
			complains 'invalid container ID'
			! grep -qP '[\x00-\x08\x0b-\x1f]' <<<"$stderr" || fail "the id is not quoted"
		done
	done
	[ ! -e "$ROOT/../x" ] && [ -z "$(ls -A "$ROOT" 2>/dev/null)" ] || fail "something was made"
}

@test "bad input: an ID that is in use is refused, and its container lives on" {
	launch sleep 30
	rt create -b "$B" "$ID"
	assert_failure
	complains 'already exists'
	rt run -b "$B" "$ID"
	assert_failure
	complains 'already exists'
	is_status running
}

@test "bad input: a bundle that changes while it is read is one of the two" {
	local i
	payload echo one
	cp "$B/config.json" "$T/one.json"
	payload echo two
	cp "$B/config.json" "$T/two.json"
	(while :; do
		cp "$T/one.json" "$B/config.json"
		cp "$T/two.json" "$B/config.json"
	done) 3>&- 4>&- &
	BG+=($!)
	for i in {1..60}; do
		rt run -b "$B" "$ID-$i"
		# cp truncates first: what is read then is refused as a whole
		if [ "$status" = 0 ]; then
			mentions '^(one|two)$'
		else
			complains 'config\.json'
		fi
	done
}

@test "bad input: a state folder that is half written can be listed and deleted" {
	requires agentrun
	launch sleep 30
	local file text other=$ID-half
	file=state
	cp "$ROOT/$ID/$file" "$T/record"
	for text in none empty '{' '[]' '{}' '{"id":1}' half large link folder; do
		mkdir -p "$ROOT/$other"
		case $text in
		none) ;;
		empty) : >"$ROOT/$other/$file" ;;
		half) head -c $(($(stat -c %s "$T/record") / 2)) "$T/record" >"$ROOT/$other/$file" ;;
		large) head -c 40000000 /dev/zero >"$ROOT/$other/$file" ;;
		link) ln -s "$T/record" "$ROOT/$other/$file" ;;
		folder) mkdir "$ROOT/$other/$file" ;;
		*) echo "$text" >"$ROOT/$other/$file" ;;
		esac
		rt list
		assert_status 0
		mentions "^$ID "
		rt start "$other"
		assert_failure
		rt kill "$other" KILL
		assert_failure
		rt delete --force "$other"
		[ ! -e "$ROOT/$other" ] || fail "delete --force left the folder ($text): $stderr"
	done
	is_status running
}
