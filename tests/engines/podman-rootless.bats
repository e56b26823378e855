#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Podman as an ordinary user, with the runtime under test as its only runtime. On a v1
# host a user has no cgroup: Podman ignores limits, and pause, stats and update fail with
# every runtime, so they are not here.
load ../lib/engines
ENGINE=podman-user

engine_cleanup() {
	timeout 60 "$ENGINES/bin/podman-user" pod rm -f -a -t 0
	timeout 60 "$ENGINES/bin/podman-user" rm -f -a -t 0
	timeout 60 "$ENGINES/bin/podman-user" volume rm -f -a
	timeout 60 "$ENGINES/bin/podman-user" secret rm -a
}

@test "rootless podman run: output and exit status" {
	probe --network none -- echo hello
	says hello
	engine run --rm --network none $IMAGE /probe exit 42
	assert_status 42
}

@test "rootless podman run: root inside is the user outside" {
	probe --network none -- status -- maps
	says 'uid=0 euid=0 suid=0'
	mentions "^uid_map +0 +$(id -u agentrun-engine) +1$"
}

@test "rootless podman run: missing program 127, not executable 126" {
	engine run --rm --network none $IMAGE /nowhere
	assert_status 127
	engine run --rm --network none $IMAGE /etc/passwd
	assert_status 126
}

@test "rootless podman run -it" {
	on_terminal "$ENGINES/bin/podman-user" run --rm -it --network none $IMAGE /probe tty
	mentions 'isatty 0=1'
	mentions 'rows=30 cols=90'
}

@test "rootless podman run -d, logs, exec, exec -d, stop, start, restart, rm -f" {
	detached --network none
	in_container echo hi
	says hi
	engine exec "$C" /probe exit 9
	assert_status 9
	ok exec -d "$C" /probe write /done
	wait_until "$ENGINES/bin/podman-user" exec "$C" /probe read /done
	ok restart -t 1 "$C"
	in_container echo again
	says again
	ok stop -t 1 "$C"
	ok start "$C"
	ok rm -f -t 0 "$C"
}

@test "rootless podman exec -it" {
	detached --network none
	on_terminal "$ENGINES/bin/podman-user" exec -it "$C" /probe tty
	mentions 'isatty 0=1'
}

@test "rootless podman kill, and stop of a process that ignores SIGTERM" {
	ok run -d --name "$C" --network none $IMAGE /probe ignore
	ok stop -t 1 "$C"
	ok inspect -f '{{.State.ExitCode}}' "$C"
	says 137
	ok rm -f "$C"
	detached --network none
	ok kill -s TERM "$C"
	wait_until container_is "$C" exited
}

@test "rootless podman top" {
	detached --network none
	ok top "$C" pid comm
	mentions probe
}

@test "rootless podman healthcheck" {
	detached --network none --health-cmd '["/probe","read","/probe"]' --health-interval disable
	ok healthcheck run "$C"
}

@test "rootless podman --network slirp4netns, host" {
	probe --network slirp4netns -- net
	mentions 'if tap0 up'
	probe --network host -- ns
	equal "$(value ns_net)" "$("$ENGINES/bin/in-engines" readlink /proc/self/ns/net)"
}

@test "rootless podman volumes, secrets, --read-only, --tmpfs" {
	ok volume create "$C-vol"
	probe --network none -v "$C-vol:/data" -- write /data/x kept
	probe --network none -v "$C-vol:/data:ro" -- cat /data/x -- write /data/y
	says kept
	says 'write=EROFS'
	printf secret-value | "$ENGINES/bin/podman-user" secret create "$C-secret" - >/dev/null
	probe --network none --secret "$C-secret" -- cat "/run/secrets/$C-secret"
	says secret-value
	probe --network none --read-only --tmpfs /scratch -- write /x -- write /scratch/x
	says 'write=EROFS'
	says 'write=ok'
}

@test "rootless podman --cap-drop all, --security-opt seccomp and no-new-privileges" {
	probe --network none --cap-drop all -- status
	says 'cap_eff=0000000000000000'
	probe --network none --security-opt no-new-privileges -- status
	says 'nnp=1'
	says 'seccomp=2'
	probe --network none --security-opt seccomp=unconfined -- status
	says 'seccomp=0'
}

@test "rootless podman --userns=keep-id" {
	probe --network none --userns=keep-id -- status -- maps
	says "uid=$(id -u agentrun-engine) euid=$(id -u agentrun-engine) suid=$(id -u agentrun-engine)"
}

@test "rootless podman --userns=auto" {
	probe --network none --userns=auto:size=1024 -- status
	says 'uid=0 euid=0 suid=0'
}

@test "rootless podman --pid=host, --ulimit, --device, --init" {
	probe --network none --pid=host -- ns
	equal "$(value ns_pid)" "$(readlink /proc/self/ns/pid)"
	probe --network none --ulimit nofile=100:200 --ulimit nproc=1000:1000 -- rlimits
	says 'RLIMIT_NOFILE soft=100 hard=200'
	probe --network none --device /dev/null:/dev/mine -- write /dev/mine
	says 'write=ok'
	probe --network none --init -- status
	mentions_not '^pid=1 '
}

@test "rootless podman --sysctl in an own namespace" {
	probe --network none --sysctl kernel.msgmax=9000 -- sysctl kernel.msgmax
	says 'sysctl kernel.msgmax=9000'
}

@test "rootless podman pod and play kube" {
	ok pod create --name "$C-pod" --network none
	ok run --rm --pod "$C-pod" $IMAGE /probe ns
	local net
	net=$(value ns_net)
	ok run --rm --pod "$C-pod" $IMAGE /probe ns
	equal "$(value ns_net)" "$net"
	ok pod rm -f -t 0 "$C-pod"
	cat >"$T/pod.yaml" <<-X
	apiVersion: v1
	kind: Pod
	metadata: {name: $C-kube}
	spec:
	  restartPolicy: Never
	  containers:
	  - {name: one, image: "$IMAGE:latest", imagePullPolicy: Never, command: ["/probe", "pause"]}
	X
	chmod 644 "$T/pod.yaml"
	ok play kube --network none "$T/pod.yaml"
	C=$C-kube-one
	in_container echo hi
	says hi
}

@test "rootless podman build with RUN" {
	mkdir "$T/ctx"
	printf 'FROM %s\nRUN ["/probe", "write", "/built", "x"]\n' "$IMAGE" >"$T/ctx/Containerfile"
	chmod -R a+rX "$T"
	ok build -q --network none -t "localhost/$C" "$T/ctx"
	ok run --rm --network none "localhost/$C" /probe cat /built
	says x
	ok rmi -f "localhost/$C"
}

@test "rootless podman run: the user's own groups are kept on request" {
	probe --network none --group-add keep-groups -- status
	mentions '^groups='
}
