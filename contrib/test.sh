#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# contrib/test.sh [PART...]: install what the tests need, build, and run every test
#
#   check        make check: unit and golden tests, layers, purity, sizes, docs
#   clang        the same build with clang, warnings as errors
#   lint         clang-format, cppcheck and shellcheck
#   analyze      gcc -fanalyzer
#   conformance  the runtime-spec and command-line suite, in each cgroup layout
#   compare      the same suite against the peers; agentrun must pass what either passes
#   integration  classes, policies, audit
#   engines      Podman (root and rootless), Docker, containerd
#   faults       killed and failing runtimes leave nothing
#   fuzz         every fuzz target for a bounded time
#   sanitizers   unit and conformance tests of an Address- and UndefinedBehaviorSanitizer build
#
# Without PART all of them. Root on Debian 12; needs no systemd and no network but apt.
# The last line is "N passed, N failed, N skipped" over everything. A skip whose reason is
# not in tests/skips counts as failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
TOP=$PWD
OUT=${OUT:-$TOP/build-test/results}
ALL="check clang lint analyze conformance compare integration engines faults fuzz sanitizers"
FUZZ_SECONDS=${FUZZ_SECONDS:-10}
J=$(nproc)
passed=0 failed=0 skipped=0
summary=()

PACKAGES="build-essential autoconf automake pkg-config libseccomp-dev libyajl-dev libcap-dev
	libselinux1-dev libsystemd-dev linux-libc-dev bats jq git iproute2 procps util-linux psmisc
	uidmap crun runc strace clang libclang-rt-dev clang-format cppcheck shellcheck python3 lsb-release"

say() { printf '\n=== %s\n' "$*"; }

install_packages() {
	local p missing=()
	for p in $PACKAGES; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	say "installing ${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	local apt=(apt-get -o DPkg::Lock::Timeout=600 -qq -y)
	"${apt[@]}" install --no-install-recommends "${missing[@]}" >/dev/null 2>&1 ||
		{ "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}" >/dev/null; }
}

# build DIR [CONFIGURE-OPTION...]: also the programs that only tests need
build() {
	local dir=$1
	shift
	[ -x configure ] && [ ! configure.ac -nt configure ] || ./autogen.sh >/dev/null 2>&1 || return 1
	mkdir -p "$dir"
	(
		cd "$dir" || exit 1
		[ -f Makefile ] || "$TOP/configure" -q "$@" || exit 1
		make -s -j"$J" && make -s -j"$J" check TESTS=
	)
}

note() { # NAME PASSED FAILED SKIPPED SECONDS
	passed=$((passed + $2))
	failed=$((failed + $3))
	skipped=$((skipped + $4))
	summary+=("$(printf '%-32s %6d %6d %7d %6ds' "$@")")
}

# one NAME COMMAND...: a command that passes or fails as a whole
one() {
	local name=$1 start=$SECONDS log=$OUT/$1.log
	shift
	mkdir -p "$OUT"
	if "$@" >"$log" 2>&1; then
		note "$name" 1 0 0 $((SECONDS - start))
	else
		note "$name" 0 1 0 $((SECONDS - start))
		echo "not ok $name"
		tail -n 40 "$log"
	fi
}

# A skip is allowed for a reason in tests/skips only; others are shown and counted as failed.
count_tap() { # NAME SECONDS FILE...
	local name=$1 seconds=$2 ok bad skip line word unlisted=0
	shift 2
	ok=$(cat "$@" | grep -cE '^ok ')
	bad=$(cat "$@" | grep -cE '^not ok ')
	skip=$(cat "$@" | grep -cE '^ok .*# skip')
	while read -r line; do
		word=$(sed -n 's/.*# skip requires \([a-z0-9_]*\).*/\1/p' <<<"$line")
		if [ -z "$word" ] || ! grep -qE "^$word +" tests/skips; then
			echo "not ok (a skip that tests/skips does not allow): $line"
			unlisted=$((unlisted + 1))
		fi
	done < <(cat "$@" | grep -E '^ok .*# skip')
	cat "$@" | awk '/^(not )?ok /{bad = /^not ok/; n = 0} bad && n++ < 25'
	note "$name" $((ok - skip)) $((bad + unlisted)) $((skip - unlisted)) "$seconds"
}

# bats_part NAME FILE...: with the environment given before the call
bats_part() {
	local name=$1 start=$SECONDS
	shift
	say "$name"
	rm -rf "${OUT:?}/$name"
	BATS_TEST_TIMEOUT=300 tests/lib/run-bats "$OUT/$name" "$@"
	count_tap "$name" $((SECONDS - start)) "$OUT/$name"/*.tap
}

need_build() {
	[ -n "${built-}" ] && return 0
	say "building"
	build build-test CFLAGS="-O2 -g" --enable-werror >"$OUT/build.log" 2>&1 || {
		tail -n 40 "$OUT/build.log"
		note build 0 1 0 0
		finish
	}
	built=1
	export AGENTRUN_BUILD=$TOP/build-test
}

part_check() {
	need_build
	local start=$SECONDS log=$OUT/check.log ok bad skip
	say check
	mkdir -p "$OUT"
	timeout 1200 make -C build-test -s check >"$log" 2>&1 || true
	ok=$(sed -n 's/^# PASS: *//p' "$log" | tail -1)
	skip=$(sed -n 's/^# SKIP: *//p' "$log" | tail -1)
	bad=$(sed -nE 's/^# (FAIL|ERROR|XPASS): *//p' "$log" | awk '{n += $1} END {print n + 0}')
	[ -n "$ok" ] || { ok=0 bad=1; }
	[ "$bad" = 0 ] || { grep -hE '^(FAIL|ERROR)' "$log"; tail -n 60 build-test/test-suite.log; }
	note check "$ok" "$bad" "${skip:-0}" $((SECONDS - start))
}

part_clang() {
	say clang
	one clang-build build build-clang CC=clang CFLAGS="-O1 -g" --enable-werror
}

part_lint() {
	need_build
	say lint
	one format contrib/check-format
	one cppcheck cppcheck -q --force --error-exitcode=1 --inline-suppr -j "$J" --std=c11 \
		--enable=warning,portability --suppress=missingIncludeSystem --suppress=unknownMacro \
		--suppressions-list=contrib/cppcheck-suppressions -I runtime --include=build-test/config.h \
		runtime hooks tests/probe
	# shellcheck disable=SC2046
	one shellcheck shellcheck -x -S warning $(git ls-files | xargs grep -lE '^#!/bin/(ba)?sh' -- 2>/dev/null)
}

part_analyze() {
	say analyze
	one analyzer build build-analyze --enable-analyzer --enable-werror CFLAGS="-O1 -g"
}

part_conformance() {
	need_build
	bats_part conformance tests/conformance/*.bats
	local some=tests/conformance
	layout_part legacy $some/resources.bats $some/devices.bats $some/order.bats
	layout_part unified $some/resources.bats $some/devices.bats $some/order.bats $some/namespaces.bats
}

layout_part() {
	local layout=$1 name=conformance-$1 start=$SECONDS
	shift
	say "$name"
	rm -rf "${OUT:?}/$name"
	BATS_TEST_TIMEOUT=300 tests/lib/with-layout "$layout" tests/lib/run-bats "$OUT/$name" "$@"
	count_tap "$name" $((SECONDS - start)) "$OUT/$name"/*.tap
}

part_compare() {
	need_build
	say compare
	one compare timeout 1500 tests/conformance/compare --results "$OUT/compare"
}

part_integration() {
	need_build
	local f=(tests/integration/*.bats)
	[ ! -e "${f[0]}" ] || bats_part integration "${f[@]}"
}

part_engines() {
	need_build
	say "engines: set-up"
	if RUNTIME=$TOP/build-test/agentrun timeout 900 contrib/engines.sh up >"$OUT/engines.log" 2>&1; then
		JOBS=1 bats_part engines tests/engines/*.bats
	else
		tail -n 30 "$OUT/engines.log"
		note engines-setup 0 1 0 0
	fi
	timeout 120 contrib/engines.sh down >>"$OUT/engines.log" 2>&1
}

part_faults() {
	need_build
	JOBS=1 bats_part faults tests/faults/*.bats
}

part_fuzz() {
	say fuzz
	if ! build build-fuzz CC=clang CFLAGS="-O1 -g" --enable-fuzzing --enable-sanitizers >"$OUT/fuzz-build.log" 2>&1; then
		tail -n 30 "$OUT/fuzz-build.log"
		note fuzz-build 0 1 0 0
		return
	fi
	local t corpus
	for t in build-fuzz/tests/fuzz/fuzz-*; do
		[ -x "$t" ] && [ -f "$t" ] || continue
		corpus=tests/fuzz/corpus/$(basename "$t" | sed 's/^fuzz-//')
		mkdir -p "build-fuzz/corpus/$(basename "$t")"
		if [ -d "$corpus" ]; then cp -r "$corpus/." "build-fuzz/corpus/$(basename "$t")/"; fi
		one "$(basename "$t")" timeout $((FUZZ_SECONDS + 60)) "$t" -max_total_time="$FUZZ_SECONDS" \
			-timeout=10 -rss_limit_mb=1024 -artifact_prefix="$OUT/" "build-fuzz/corpus/$(basename "$t")"
	done
}

part_sanitizers() {
	say sanitizers
	if ! build build-san CFLAGS="-O1 -g" --enable-sanitizers --enable-werror >"$OUT/san-build.log" 2>&1; then
		tail -n 30 "$OUT/san-build.log"
		note san-build 0 1 0 0
		return
	fi
	export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
	export ASAN_OPTIONS=detect_leaks=0
	one san-check timeout 1200 make -C build-san -s check
	local c=tests/conformance
	AGENTRUN_BUILD=$TOP/build-san RT_TIMEOUT=60 bats_part san-conformance \
		$c/toplevel.bats $c/mounts.bats $c/process.bats $c/seccomp.bats $c/hooks.bats $c/order.bats
	unset UBSAN_OPTIONS ASAN_OPTIONS
}

finish() {
	printf '\n%-32s %6s %6s %7s %7s\n' part passed failed skipped time
	printf '%s\n' "${summary[@]}"
	if [ "$skipped" -gt 0 ]; then
		printf '\nskipped because the machine lacks:\n'
		grep -rhoE '# skip requires [a-z0-9_]+' "$OUT" 2>/dev/null | awk '{n[$4]++} END {for (w in n) print w, n[w]}' | sort |
			while read -r w n; do printf '  %-18s %4d  %s\n' "$w" "$n" "$(sed -n "s/^$w  *//p" tests/skips)"; done
	fi
	printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
	[ "$failed" = 0 ]
	exit
}

[ "$(id -u)" = 0 ] || { echo "contrib/test.sh: must be root (the tests make containers)" >&2; exit 1; }
mkdir -p "$OUT"
install_packages || { echo "contrib/test.sh: cannot install packages" >&2; exit 1; }
parts=("$@")
[ $# -gt 0 ] || read -ra parts <<<"$ALL"
for part in "${parts[@]}"; do
	declare -F "part_$part" >/dev/null || { echo "contrib/test.sh: no part '$part'" >&2; exit 2; }
done
for part in "${parts[@]}"; do
	"part_$part"
done
finish
