# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# tests/lib/assert.bash - assertions over $status, $output and $stderr of the last rt

fail() {
	{
		echo "FAILED: $*"
		echo "status: ${status-}"
		echo "stdout:"
		printf '%s\n' "${output-}" | head -60
		echo "stderr:"
		printf '%s\n' "${stderr-}" | head -20
	} >&2
	return 1
}

assert_status() { [ "$status" = "$1" ] || fail "exit status $status, expected $1"; }
assert_failure() { [ "$status" != 0 ] || fail "succeeded, expected a failure"; }

# says REGEX: some line of the output matches it whole
says() { grep -qxE -- "$1" <<<"$output" || fail "no line '$1'"; }
says_not() { ! grep -qxE -- "$1" <<<"$output" || fail "there is a line '$1'"; }
# mentions REGEX: the output has it somewhere
mentions() { grep -qE -- "$1" <<<"$output" || fail "nothing like '$1'"; }
mentions_not() { ! grep -qE -- "$1" <<<"$output" || fail "there is '$1'"; }
complains() { grep -qiE -- "$1" <<<"$stderr" || fail "no message like '$1'"; }

# refused [REGEX]: a failure, with a message, that left nothing
refused() {
	assert_failure
	[ "$status" != 124 ] && [ "$status" != 137 ] || fail "did not refuse but hung or died ($status)"
	[ -n "$stderr" ] || fail "refused without a word"
	[ -z "${1-}" ] || complains "$1"
	residue || fail "refused, but left something behind"
}

# value KEY: of a key=value word in the output
value() { grep -oE "(^| )$1=[^ ]*" <<<"$output" | head -1 | sed 's/^ *[^=]*=//'; }
# mount_line DEST: the topmost mount there
mount_line() { grep -E "^mount=$1 " <<<"$output" | tail -1; }
mount_has() { # DEST REGEX...
	local line re d=$1
	shift
	line=$(mount_line "$d")
	[ -n "$line" ] || fail "nothing is mounted on $d"
	for re in "$@"; do
		grep -qE -- "$re" <<<"$line" || fail "'$line' lacks '$re'"
	done
}
mount_has_not() { # DEST REGEX
	! grep -qE -- "$2" <<<"$(mount_line "$1")" || fail "'$(mount_line "$1")' has '$2'"
}
equal() { [ "$1" = "$2" ] || fail "'$1' is not '$2'${3:+ ($3)}"; }
json() { jq -er "$1" <<<"$output" >/dev/null || fail "the document does not satisfy: $1"; }

# never COMMAND...: it must fail (a bare "!" does not end a bats test)
never() {
	local found
	if found=$("$@"); then fail "found by $*: $(head -5 <<<"$found")"; fi
}
