# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
#
# tests/lib/common.bash - what every bats file of this project starts from
#
# RUNTIME       the runtime under test (default: the agentrun of the build)
# RUNTIME_ARGS  options before the command (default for agentrun: --class none)
# AGENTRUN_BUILD  the build tree (default: build/ of the source tree)
#
# Each test gets a folder $T with a bundle $B and a state root $ROOT of its own, and a
# container id $ID. After the test everything is deleted and looked for.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
AGENTRUN_BUILD=${AGENTRUN_BUILD:-$TOP/build}
PROBE=$AGENTRUN_BUILD/tests/probe/probe
RECVFD=$AGENTRUN_BUILD/tests/probe/recvfd
FLIPPER=$AGENTRUN_BUILD/tests/probe/flipper
RUNTIME=${RUNTIME:-$AGENTRUN_BUILD/agentrun}
RUNTIME_KIND=${RUNTIME_KIND:-$(basename "$RUNTIME")}
if [ -z "${RUNTIME_ARGS+set}" ]; then
	RUNTIME_ARGS=
	[ "$RUNTIME_KIND" != agentrun ] || RUNTIME_ARGS="--class none"
fi
TEST_TMP=${TEST_TMP:-/var/tmp/agentrun-tests}
TEST_CGROUP=agentrun-tests
RT_TIMEOUT=${RT_TIMEOUT:-20}

# shellcheck source=tests/lib/assert.bash
. "$TOP/tests/lib/assert.bash"
# shellcheck source=tests/lib/requires.bash
. "$TOP/tests/lib/requires.bash"

setup() { test_begin; }
teardown() { test_end; }

test_begin() {
	mkdir -p "$TEST_TMP"
	T=$(mktemp -d "$TEST_TMP/$(basename "${BATS_TEST_FILENAME:-x}" .bats).XXXXXX")
	chmod 755 "$T"
	ROOT=$T/root
	B=$T/bundle
	ID=ar-${T##*.}
	BG=()
	make_bundle "$B"
}

# make_bundle DIR: a config.json and a root file system that holds the probe and the mark
make_bundle() {
	local b=$1
	mkdir -p "$b/rootfs"/{proc,sys,dev,tmp,etc,wk}
	chmod 1777 "$b/rootfs/tmp"
	cp "$PROBE" "$b/rootfs/probe"
	: >"$b/rootfs/.agentrun-test-rootfs"
	jq --arg cg "/$TEST_CGROUP/$ID" '.linux.cgroupsPath = $cg' \
		"$TOP/tests/lib/config.json" >"$b/config.json"
}

# config [--jq-option ...] FILTER: change the bundle's config.json
config() {
	jq "$@" <"$B/config.json" >"$T/config.new" && mv "$T/config.new" "$B/config.json"
}

# payload VERB...: what the container runs, as arguments of the probe
payload() {
	config '.process.args = $ARGS.positional' --args -- /probe "$@"
}

add_mount() { # DEST TYPE SOURCE [OPTION...]
	local d=$1 t=$2 s=$3
	shift 3
	config --arg d "$d" --arg t "$t" --arg s "$s" \
		'.mounts += [{destination: $d, type: $t, source: $s, options: $ARGS.positional}]' --args -- "$@"
}

without_mount() { config --arg d "$1" '.mounts |= map(select(.destination != $d))'; }
without_ns() { config --arg t "$1" '.linux.namespaces |= map(select(.type != $t))'; }
with_ns() { # TYPE [PATH]
	without_ns "$1"
	config --arg t "$1" --arg p "${2:-}" \
		'.linux.namespaces += [{type: $t} + (if $p == "" then {} else {path: $p} end)]'
}
all_caps() {
	local bounding
	bounding=$(capsh_list)
	config --argjson c "$bounding" '.process.capabilities = {bounding: $c, effective: $c, permitted: $c}'
}
# The capabilities that this machine may give, as a JSON array of names
capsh_list() {
	local hex names=(CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP
		LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER
		SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE
		SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP
		MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF
		CHECKPOINT_RESTORE) i out=()
	hex=$(awk '/^CapBnd/{print $2}' /proc/self/status)
	for i in "${!names[@]}"; do
		((0x$hex >> i & 1)) && out+=("\"CAP_${names[i]}\"")
	done
	local IFS=,
	echo "[${out[*]}]"
}
# user_ns [HOSTID]: a user namespace whose root is HOSTID; the root file system follows
user_ns() {
	local base=${1:-100000}
	with_ns user
	config --argjson b "$base" '.linux.uidMappings = [{containerID: 0, hostID: $b, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings'
	chown -R "$base:$base" "$B/rootfs"
}

# rt ARG...: the runtime; $status, $output and $stderr say how it went
rt() {
	local -a ra
	read -ra ra <<<"$RUNTIME_ARGS"
	status=0
	timeout -k 5 "$RT_TIMEOUT" "$RUNTIME" "${ra[@]}" --root "$ROOT" "$@" \
		>"$T/stdout" 2>"$T/stderr" </dev/null 3>&- 4>&- || status=$?
	output=$(<"$T/stdout")
	stderr=$(<"$T/stderr")
}

# run_probe VERB...: a foreground container that runs these verbs and must succeed
run_probe() {
	payload "$@"
	rt run -b "$B" "$ID"
	assert_status 0
}
# run_bundle: the bundle as it is
run_bundle() { rt run -b "$B" "$ID"; }

# create [OPTION...]: the init's output goes to $T/out and $T/err
# shellcheck disable=SC2120
create() {
	local -a ra
	read -ra ra <<<"$RUNTIME_ARGS"
	status=0
	timeout -k 5 "$RT_TIMEOUT" "$RUNTIME" "${ra[@]}" --root "$ROOT" create -b "$B" \
		--pid-file "$T/pid" "$@" "$ID" >"$T/out" 2>"$T/err" </dev/null 3>&- 4>&- || status=$?
	output=
	stderr=$(<"$T/err")
}

# launch VERB...: created, started and running
launch() {
	payload "$@"
	create
	assert_status 0
	rt start "$ID"
	assert_status 0
}

# in_container VERB...: exec of the probe, which must succeed
in_container() {
	rt exec "$ID" /probe "$@"
	assert_status 0
}

init_pid() { cat "$T/pid"; }
container_status() { rt state "$ID" && jq -r .status <<<"$output"; }

# wait_until COMMAND...: polls for ten seconds
wait_until() {
	local end=$((SECONDS + 10))
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || fail "waited in vain for: $*"
		sleep 0.02
	done
}
is_status() { [ "$(container_status)" = "$1" ]; }
file_says() { grep -q -- "$2" "$1"; } # FILE PATTERN
init_gone() { ! kill -0 "$(init_pid)" 2>/dev/null || [ "$(proc_state "$(init_pid)")" = Z ]; }
proc_state() { sed 's/.*) //' "/proc/$1/stat" | cut -c1; }

# background COMMAND...: ended after the test at the latest; $! is its pid
background() {
	"$@" 3>&- 4>&- &
	BG+=($!)
}

# cg_file NAME: the file of the container's cgroup, whatever the hierarchy
cg_file() {
	local d
	for d in /sys/fs/cgroup /sys/fs/cgroup/*; do
		if [ -e "$d/$TEST_CGROUP/$ID/$1" ]; then
			echo "$d/$TEST_CGROUP/$ID/$1"
			return
		fi
	done
	fail "no cgroup file $1 for $ID"
}
cg_value() { cat "$(cg_file "$1")"; }
cgroup_dirs() { find /sys/fs/cgroup -path "*/$ID" -type d 2>/dev/null || true; }

test_end() {
	local p d r=0
	for p in "${BG[@]}"; do kill "$p" 2>/dev/null || true; done
	if [ -d "$ROOT" ]; then
		for d in "$ROOT"/*/; do
			[ -d "$d" ] || continue
			rt delete --force "$(basename "$d")"
		done
	fi
	residue || r=$?
	grep " $T" /proc/self/mountinfo | awk '{print $5}' | sort -r | xargs -r -n1 umount -l 2>/dev/null || true
	for d in $(cgroup_dirs); do
		xargs -r kill -9 <"$d/cgroup.procs" 2>/dev/null || true
		rmdir "$d" 2>/dev/null || true
	done
	rm -rf --one-file-system "$T" 2>/dev/null || true
	return $r
}

# residue: says what a container has left on the host; nothing is the right answer
residue() {
	local r=0
	if [ -n "$(cgroup_dirs)" ]; then
		echo "left cgroups: $(cgroup_dirs)" >&2
		r=1
	fi
	if grep -q " $ROOT\| $B" /proc/self/mountinfo; then
		echo "left mounts: $(grep " $ROOT\| $B" /proc/self/mountinfo)" >&2
		r=1
	fi
	if [ -e "$ROOT/$ID" ]; then
		echo "left state: $(ls -R "$ROOT/$ID")" >&2
		r=1
	fi
	if pgrep -f -- "[ /]$ID\$" >/dev/null; then
		echo "left processes: $(pgrep -fa -- "[ /]$ID\$")" >&2
		r=1
	fi
	return $r
}
