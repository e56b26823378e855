#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A host whose mounts are shared, as under systemd: nothing of a container appears there.
load ../lib/common

# on_shared_host: runs the bundle where "/" is shared; says what has come to the host
on_shared_host() {
	cat >"$T/shared" <<-END
		[ -z "${SUBMOUNT-}" ] || mount --bind "${SUBMOUNT-}" "${SUBMOUNT-}"
		mount --make-rshared /
		awk '{print \$5}' /proc/self/mountinfo | sort >$T/before
		timeout 20 $RUNTIME $RUNTIME_ARGS --root $ROOT run -b $B $ID </dev/null
		status=\$?
		awk '{print \$5}' /proc/self/mountinfo | sort >$T/after
		exit \$status
	END
	status=0
	unshare --mount --propagation private bash "$T/shared" >"$T/stdout" 2>"$T/stderr" || status=$?
	output=$(<"$T/stdout")
	stderr=$(<"$T/stderr")
	assert_status 0
	equal "$(comm -13 "$T/before" "$T/after")" '' 'mounts that came to the host'
}

@test "shared host: a plain container" {
	payload echo hi
	on_shared_host
	says hi
}

@test "shared host: a container with a user namespace" {
	user_ns
	payload echo hi
	on_shared_host
	says hi
}

@test "shared host: a mount below a bind of the host" {
	mkdir -p "$T/volume/below"
	add_mount /wk bind "$T/volume" rbind rw
	add_mount /wk/below tmpfs tmpfs size=64k
	payload echo hi
	on_shared_host
	user_ns
	on_shared_host
}

@test "shared host: rootfsPropagation of every kind" {
	local kind
	for kind in private rprivate slave rslave; do
		config --arg k "$kind" '.linux.rootfsPropagation = $k'
		payload echo hi
		on_shared_host
	done
}

@test "shared host: a mount below a submount of a bind whose top alone is private" {
	local o
	mkdir -p "$T/volume/sub/below"
	for o in private slave rprivate rslave unbindable; do
		without_mount /wk
		without_mount /wk/sub/below
		add_mount /wk bind "$T/volume" rbind "$o"
		add_mount /wk/sub/below tmpfs tmpfs size=64k
		payload echo hi
		SUBMOUNT=$T/volume/sub on_shared_host
	done
}

@test "shared host: what a container mounts on a shared volume does come, if rshared was asked for" {
	mkdir -p "$T/volume/x"
	all_caps
	config '.process.noNewPrivileges = false'
	payload mount tmpfs /wk/x tmpfs
	add_mount /wk bind "$T/volume" rbind rshared
	run on_shared_host
	grep -qx "$T/volume/x" "$T/after"
	without_mount /wk
	add_mount /wk bind "$T/volume" rbind rslave
	on_shared_host
	says mount=ok
}
