#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Podman as root, with the runtime under test as its only runtime (contrib/engines.sh up).
load ../lib/engines
ENGINE=podman

engine_cleanup() {
	timeout 60 "$ENGINES/bin/podman" pod rm -f -a -t 0
	timeout 60 "$ENGINES/bin/podman" rm -f -a -t 0
	timeout 60 "$ENGINES/bin/podman" volume rm -f -a
	timeout 60 "$ENGINES/bin/podman" secret rm -a
}

@test "podman run: output, standard error and exit status" {
	probe -- echo hello
	says hello
	engine run --rm $IMAGE /probe exit 42
	assert_status 42
	engine run --rm $IMAGE /probe stderr oops
	complains oops
}

@test "podman run: a missing program is 127, a non-executable one 126" {
	engine run --rm $IMAGE /nowhere
	assert_status 127
	engine run --rm $IMAGE /etc/passwd
	assert_status 126
}

@test "podman run -i: standard input" {
	echo typed >"$T/in"
	STDIN=$T/in engine run --rm -i $IMAGE /probe stdin
	assert_status 0
	says typed
}

@test "podman run -it: a terminal with the caller's size" {
	on_terminal "$ENGINES/bin/podman" run --rm -it $IMAGE /probe tty
	mentions 'isatty 0=1'
	mentions 'isatty 1=1'
	mentions 'rows=30 cols=90'
}

@test "podman run -d, logs" {
	ok run -d --name "$C" $IMAGE /probe echo first -- echo second
	wait_until container_is "$C" exited
	ok logs "$C"
	says first
	says second
}

@test "podman exec: output, status, environment, user, directory" {
	detached
	in_container echo hi
	says hi
	engine exec "$C" /probe exit 9
	assert_status 9
	ok exec -e A=1 -u 1000:1000 -w /wk "$C" /probe env -- status -- cwd
	says 'env A=1'
	says 'uid=1000 euid=1000 suid=1000'
	says 'cwd=/wk'
}

@test "podman exec -it: a terminal" {
	detached
	# podman sends the size once the process runs
	on_terminal "$ENGINES/bin/podman" exec -it "$C" /probe sleep 1 -- tty
	mentions 'isatty 0=1'
	mentions 'rows=[1-9]'
}

@test "podman exec -d, exec -i" {
	detached
	ok exec -d "$C" /probe write /done x
	wait_until "$ENGINES/bin/podman" exec "$C" /probe read /done
	echo typed >"$T/in"
	STDIN=$T/in engine exec -i "$C" /probe stdin
	says typed
}

@test "podman exec: a missing program is 127" {
	detached
	engine exec "$C" /nowhere
	assert_status 127
}

@test "podman kill: a signal by name and by number" {
	ok run -d --name "$C" $IMAGE /probe trap 5
	wait_until logs_say ready
	ok kill -s USR1 "$C"
	wait_until logs_say 'signal=10'
	ok kill -s 15 "$C"
	wait_until container_is "$C" exited
	ok inspect -f '{{.State.ExitCode}}' "$C"
	says 5
}
logs_say() { "$ENGINES/bin/podman" logs "$C" 2>&1 | grep -q "$1"; }

@test "podman stop: SIGTERM is enough" {
	detached
	local start=$SECONDS
	ok stop -t 20 "$C"
	[ $((SECONDS - start)) -lt 10 ]
	container_is "$C" exited
}

@test "podman stop: a process that ignores SIGTERM is killed after the time" {
	ok run -d --name "$C" $IMAGE /probe ignore
	wait_until logs_say ready
	ok stop -t 1 "$C"
	ok inspect -f '{{.State.ExitCode}}' "$C"
	says 137
}

@test "podman pause and unpause" {
	detached
	ok pause "$C"
	container_is "$C" paused
	engine exec "$C" /probe true
	assert_failure
	ok unpause "$C"
	container_is "$C" running
	in_container echo hi
	says hi
}

@test "podman rm -f of a paused container" {
	detached
	ok pause "$C"
	ok rm -f -t 0 "$C"
}

@test "podman update: memory and cpu of a running container" {
	detached --memory 64m
	ok update --memory 96m --cpu-shares 512 "$C"
	local cg
	cg=$(awk -F: '$2 == "memory" {print $3}' "/proc/$(container_pid)/cgroup")
	equal "$(cat "/sys/fs/cgroup/memory$cg/memory.limit_in_bytes")" 100663296
}

@test "podman top" {
	ok run -d --name "$C" $IMAGE /probe spawn -- pause
	ok top "$C" pid comm
	equal "$(grep -c probe <<<"$output")" 2
}

@test "podman stats" {
	detached --memory 64m
	ok stats --no-stream --format '{{.Name}} {{.MemUsage}} {{.PIDs}}' "$C"
	mentions "^$C .*/ ?(64|67).*MB? 1"
}

@test "podman rm -f: nothing of it is left" {
	detached
	local pid
	pid=$(container_pid)
	ok rm -f -t 0 "$C"
	never kill -0 "$pid"
	engine inspect "$C"
	assert_failure
}

@test "podman restart, start of a stopped container" {
	detached
	local before
	before=$(container_pid)
	ok restart -t 1 "$C"
	[ "$(container_pid)" != "$before" ]
	in_container echo again
	says again
	ok stop -t 1 "$C"
	ok start "$C"
	in_container echo third
	says third
}

@test "podman run --restart on-failure" {
	ok run -d --name "$C" --restart on-failure:2 $IMAGE /probe exit 3
	wait_until restarted_twice
}
restarted_twice() { [ "$("$ENGINES/bin/podman" inspect -f '{{.RestartCount}}' "$C")" = 2 ]; }

@test "podman healthcheck" {
	detached --health-cmd '["/probe","read","/probe"]' --health-interval disable
	ok healthcheck run "$C"
	ok rm -f -t 0 "$C"
	detached --health-cmd '["/probe","exit","1"]' --health-interval disable
	engine healthcheck run "$C"
	assert_failure
}

@test "podman init, attach, wait" {
	ok create --name "$C" $IMAGE /probe wait-file /go -- exit 4
	ok init "$C"
	ok start "$C"
	in_container write /go
	ok wait "$C"
	says 4
}

@test "podman pod: members share network, ipc and uts" {
	ok pod create --name "$C-pod" --hostname podhost
	ok run --rm --pod "$C-pod" $IMAGE /probe hostname -- ns
	says hostname=podhost
	local net
	net=$(value ns_net)
	ok run --rm --pod "$C-pod" $IMAGE /probe ns
	equal "$(value ns_net)" "$net"
	ok pod rm -f -t 0 "$C-pod"
}

@test "podman pod: pause, stop, start as a whole" {
	ok pod create --name "$C-pod"
	ok run -d --name "$C" --pod "$C-pod" $IMAGE
	ok pod pause "$C-pod"
	container_is "$C" paused
	ok pod unpause "$C-pod"
	ok pod stop -t 1 "$C-pod"
	ok pod start "$C-pod"
	container_is "$C" running
}

@test "podman play kube, and down" {
	cat >"$T/pod.yaml" <<-X
	apiVersion: v1
	kind: Pod
	metadata:
	  name: $C-kube
	spec:
	  restartPolicy: Never
	  containers:
	  - name: one
	    image: $IMAGE:latest
	    imagePullPolicy: Never
	    command: ["/probe", "pause"]
	    env: [{name: FROM_KUBE, value: "yes"}]
	    securityContext: {readOnlyRootFilesystem: true, runAsUser: 1000}
	    resources: {limits: {memory: 64Mi}}
	X
	ok play kube "$T/pod.yaml"
	C=$C-kube-one
	in_container env -- status -- write /x
	says 'env FROM_KUBE=yes'
	says 'uid=1000 euid=1000 suid=1000'
	says 'write=EROFS'
	ok play kube --down "$T/pod.yaml"
}

@test "podman volumes: named, bound, read-only" {
	ok volume create "$C-vol"
	probe -v "$C-vol:/data" -- write /data/x kept
	probe -v "$C-vol:/data:ro" -- cat /data/x -- write /data/y
	says kept
	says 'write=EROFS'
	mkdir "$T/dir"
	probe -v "$T/dir:/host" -- write /host/new from-container
	equal "$(cat "$T/dir/new")" from-container
	probe --mount "type=bind,source=$T/dir,destination=/host,ro=true,bind-propagation=rslave" -- mounts
	mount_has /host 'opts=ro,' 'prop='
}

@test "podman secrets: in a file, not in the environment" {
	printf secret-value | "$ENGINES/bin/podman" secret create "$C-secret" - >/dev/null
	probe --secret "$C-secret" -- cat "/run/secrets/$C-secret" -- env
	says secret-value
	mentions_not 'env .*secret-value'
}

@test "podman run --read-only, --tmpfs" {
	probe --read-only -- write /x -- write /tmp/x
	says 'write=EROFS'
	says 'write=ok'
	probe --read-only --read-only-tmpfs=false --tmpfs /scratch:size=1m,mode=1777 -- mounts -- write /scratch/x
	mount_has /scratch fstype=tmpfs size=1024k
	says 'write=ok'
}

@test "podman run --cap-drop all, --cap-add" {
	probe --cap-drop all -- status
	says 'cap_eff=0000000000000000'
	says 'cap_bnd=0000000000000000'
	probe --cap-drop all --cap-add NET_RAW -- status
	says 'cap_eff=0000000000002000'
}

@test "podman run --security-opt seccomp, no-new-privileges" {
	cat >"$T/profile.json" <<-'X'
	{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
	 "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 99}]}
	X
	probe --security-opt "seccomp=$T/profile.json" -- syscall 83 -- status
	says 'syscall=EADDRNOTAVAIL'
	says 'nnp=0'
	probe --security-opt seccomp=unconfined -- status
	says 'seccomp=0'
	probe --security-opt no-new-privileges -- status
	says 'nnp=1'
	says 'seccomp=2'
}

@test "podman run --userns=auto" {
	probe --userns=auto -- maps -- status
	says 'uid=0 euid=0 suid=0'
	mentions_not '^uid_map +0 +0 '
}

@test "podman run --userns=keep-id is for the rootless, --uidmap for root" {
	probe --uidmap 0:300000:2000 --gidmap 0:300000:2000 -- maps -- write /x
	mentions '^uid_map +0 +300000 +2000'
	says 'write=ok'
}

@test "podman run --pid=host" {
	probe --pid=host -- ns
	equal "$(value ns_pid)" "$(readlink /proc/self/ns/pid)"
}

@test "podman run --pid=container, --network=container, --ipc=container" {
	detached
	ok run --rm --pid "container:$C" --network "container:$C" --ipc "container:$C" $IMAGE /probe ns
	local pid
	pid=$(container_pid)
	equal "$(value ns_pid)" "$(readlink "/proc/$pid/ns/pid")"
	equal "$(value ns_net)" "$(readlink "/proc/$pid/ns/net")"
	equal "$(value ns_ipc)" "$(readlink "/proc/$pid/ns/ipc")"
}

@test "podman run --network none, host, bridge" {
	probe --network none -- net
	mentions 'if lo up'
	mentions_not 'if eth0'
	probe --network host -- ns
	equal "$(value ns_net)" "$("$ENGINES/bin/in-engines" readlink /proc/self/ns/net)"
	probe --network bridge -- net
	mentions 'if eth0 up'
	mentions 'addr eth0 10\.'
}

@test "podman run --network bridge: two containers reach each other" {
	ok run -d --name "$C" --network bridge $IMAGE /probe listen 0.0.0.0 8080 30
	local ip
	ip=$("$ENGINES/bin/podman" inspect -f '{{.NetworkSettings.IPAddress}}' "$C")
	wait_until reachable "$ip"
}
reachable() { "$ENGINES/bin/podman" run --rm --network bridge $IMAGE /probe connect "$1" 8080 | grep -q connect=ok; }

@test "podman run --memory: a payload that needs more is killed" {
	engine run --name "$C" --memory 32m --memory-swap 32m $IMAGE /probe memory 200
	assert_status 137
}

@test "podman run --pids-limit" {
	probe --pids-limit 10 -- fork-bomb 100
	mentions '^forked=[0-9] EAGAIN'
}

@test "podman run --cpus, --cpu-shares, --cpuset-cpus" {
	probe --cpus 0.5 --cpu-shares 512 --cpuset-cpus 0 -- affinity
	says 'affinity=0'
}

@test "podman run --device" {
	probe --device /dev/kmsg:/dev/mine:r --cap-add SYSLOG -- stat /dev/mine -- open /dev/mine r,nonblock -- open /dev/mine w
	mentions 'stat /dev/mine=char .*rdev=1:11'
	says 'open=ok'
	says 'open=EPERM'
}

@test "podman run --ulimit" {
	probe --ulimit nofile=100:200 --ulimit nproc=4000:5000 -- rlimits
	says 'RLIMIT_NPROC soft=4000 hard=5000'
	says 'RLIMIT_NOFILE soft=100 hard=200'
}

@test "podman run --sysctl" {
	probe --sysctl net.ipv4.ip_forward=1 --sysctl kernel.msgmax=9000 -- sysctl net.ipv4.ip_forward kernel.msgmax
	says 'sysctl net.ipv4.ip_forward=1'
	says 'sysctl kernel.msgmax=9000'
}

@test "podman run --init: a reaper is pid 1" {
	probe --init -- status -- exe
	mentions_not '^pid=1 '
}

@test "podman run --hostname, --user, --workdir, --env, --entrypoint" {
	probe --hostname named -u 1000:1000 -w /wk -e A=b -- hostname -- status -- cwd -- env
	says hostname=named
	says 'uid=1000 euid=1000 suid=1000'
	says cwd=/wk
	says 'env A=b'
	ok run --rm --entrypoint '["/probe","echo"]' $IMAGE entry
	says entry
}

@test "podman run --oom-score-adj, --shm-size, --group-add, --umask" {
	probe --oom-score-adj 500 --shm-size 1m --group-add 1234 --umask 077 -- oom -- mounts -- status
	says 'oom_score_adj=500'
	mount_has /dev/shm 'size=1024k'
	mentions '^groups=.*1234'
	says 'umask=0077'
}

@test "podman run --preserve-fds" {
	status=0
	output=$(timeout 60 "$ENGINES/bin/podman" run --rm --preserve-fds 1 $IMAGE /probe fds 3</etc/hostname) || status=$?
	assert_status 0
	equal "$(grep -c '^fd ' <<<"$output")" 4
}

@test "podman run --cgroups=disabled, --cgroup-parent" {
	probe --cgroup-parent /agentrun-parent -- cgroup
	mentions 'agentrun-parent/libpod-'
}

@test "podman run --privileged" {
	probe --privileged -- status -- stat /dev/null
	mentions '^cap_eff=0000[0-9a-f]*f'
}

@test "podman cp, diff, commit, export" {
	detached
	in_container write /new text
	ok cp "$C:/new" "$T/copied"
	equal "$(cat "$T/copied")" text
	ok diff "$C"
	says 'A /new'
	ok commit -q "$C" "localhost/$C"
	ok run --rm "localhost/$C" /probe cat /new
	says text
	ok rmi -f "localhost/$C"
}

@test "podman run --annotation reaches the runtime's state" {
	detached --annotation org.example.key=value
	local id
	id=$("$ENGINES/bin/podman" inspect -f '{{.Id}}' "$C")
	output=$("$ENGINES/bin/in-engines" "$ENGINES/bin/agentrun-plain" state "$id")
	json '.annotations["org.example.key"] == "value"'
	json '.status == "running"'
}

@test "podman run --log-driver none, attach of a running container" {
	ok run -d --name "$C" --log-driver none $IMAGE /probe echo quiet
	wait_until container_is "$C" exited
}

@test "buildah bud with RUN, COPY, USER" {
	mkdir "$T/ctx"
	echo copied >"$T/ctx/file"
	cat >"$T/ctx/Containerfile" <<-X
	FROM $IMAGE
	COPY file /file
	RUN ["/probe", "write", "/built", "by-run"]
	USER 1000
	RUN ["/probe", "status"]
	CMD ["/probe", "cat", "/built", "/file"]
	X
	export CONTAINERS_CONF=$ENGINES/podman/containers.conf CONTAINERS_STORAGE_CONF=$ENGINES/podman/storage.conf
	status=0
	output=$(timeout 120 "$ENGINES/bin/in-engines" buildah bud --isolation oci --runtime "$ENGINES/bin/agentrun-plain" \
		-t "localhost/$C" "$T/ctx" 2>&1) || status=$?
	assert_status 0
	says 'uid=1000 euid=1000 suid=1000'
	ok run --rm "localhost/$C"
	says by-run
	says copied
	ok rmi -f "localhost/$C"
}

@test "podman build with RUN" {
	mkdir "$T/ctx"
	printf 'FROM %s\nRUN ["/probe", "write", "/built", "x"]\n' "$IMAGE" >"$T/ctx/Containerfile"
	ok build -q --network none -t "localhost/$C" "$T/ctx"
	ok run --rm "localhost/$C" /probe cat /built
	says x
	ok rmi -f "localhost/$C"
}
