# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
#
# tests/lib/canary.bash - a part of the host that no attack may touch, and proof of it
#
# canary_begin after test_begin, canary_intact as often as wanted. What is compared: every
# inode below $CANARY with owner, mode, size, content and times, the host's mount table,
# a few nodes of /dev, and the sysctls that the advisories aimed at.

CANARY=
RACE_ROUNDS=${RACE_ROUNDS:-60}

canary_state() {
	find "$CANARY" -printf '%i %y %m %U:%G %s %T@ %C@ %p\n' | sort -k8
	find "$CANARY" -type f -exec cat {} +
	stat -c '%n %i %a %u:%g %t:%T' /dev/null /dev/zero /dev/full /dev/tty /dev/ptmx
	# of the mount table, what other tests that run at the same time do not change
	awk -v t="$T" '$5 ~ "^(/|/proc.*|/sys|/dev|/dev/pts|/etc.*|/tmp)$" || index($5, t) == 1 {
		print $4, $5, $6, $9 }' /proc/self/mountinfo
	cat /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname /proc/sys/kernel/shmmax
}

canary_begin() {
	CANARY=$T/canary
	mkdir -p "$CANARY/sub" "$CANARY/pts"
	echo keep >"$CANARY/file"
	echo keep >"$CANARY/sub/file"
	mknod "$CANARY/null" c 1 3
	: >"$CANARY/console"
	: >"$CANARY/x"
	canary_state >"$T/canary.before"
}

canary_intact() {
	canary_state >"$T/canary.after"
	diff "$T/canary.before" "$T/canary.after" >&2 || fail "the host was touched${1:+: $1}"
}

# contained [WHAT]: it ran inside or was refused with a reason, and the host is whole
contained() {
	if [ "$status" != 0 ]; then
		[ "$status" != 124 ] && [ "$status" != 137 ] || fail "hung or died: ${1-}"
		[ -n "$stderr" ] || fail "refused without a word: ${1-}"
	fi
	canary_intact "${1-}"
}

# flip DIR A B: exchange DIR/A and DIR/B until unflip
flip() {
	: >"$1/.agentrun-test-rootfs"
	"$FLIPPER" "$1/$2" "$1/$3" 110 >/dev/null 2>&1 3>&- 4>&- &
	FLIP=$!
	BG+=("$FLIP")
}
unflip() {
	kill "$FLIP" 2>/dev/null || fail "the flipper was not there to the end"
	wait "$FLIP" 2>/dev/null || true
}

# race WHAT: the bundle, run again and again while something is turned over
race() {
	local i ran=0
	for ((i = 0; i < RACE_ROUNDS; i++)); do
		rt run -b "$B" "$ID"
		[ "$status" = 0 ] || [ -n "$stderr" ] || fail "round $i: refused without a word"
		[ "$status" != 124 ] && [ "$status" != 137 ] || fail "round $i: hung or died"
		[ "$status" != 0 ] || ran=$((ran + 1))
		# a payload that ran must not have seen the other side
		mentions_not "${1-ESCAPED}"
		rm -rf --one-file-system "${ROOT:?}/$ID"
	done
	unflip
	canary_intact
	echo "# $ran of $RACE_ROUNDS rounds ran" >&2
}

# without_dev: the image's own /dev, as the attacks on it want
without_dev() {
	without_mount /dev/pts
	without_mount /dev/shm
	without_mount /dev/mqueue
	without_mount /dev
}
