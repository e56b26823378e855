#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Docker, with the runtime under test as its default runtime.
load ../lib/engines
ENGINE=docker
IMAGE=probe

engine_cleanup() { "$ENGINES/bin/docker" ps -aq | xargs -r timeout 60 "$ENGINES/bin/docker" rm -f; }
logs_say() { "$ENGINES/bin/docker" logs "$C" 2>&1 | grep -q "$1"; }

@test "docker run: output, standard error, exit status" {
	probe --network none -- echo hello
	says hello
	engine run --rm --network none $IMAGE /probe exit 42
	assert_status 42
}

@test "docker run: a missing program is 127, one that may not run 126" {
	engine run --rm --network none $IMAGE /nowhere
	assert_status 127
	engine run --rm --network none $IMAGE nowhere
	assert_status 127
	engine run --rm --network none $IMAGE /etc/passwd
	assert_status 126
}

@test "docker run -it: a terminal" {
	on_terminal "$ENGINES/bin/docker" run --rm -it --network none $IMAGE /probe tty
	mentions 'isatty 0=1'
}

@test "docker run: the bridge network, by libnetwork's prestart hook" {
	probe -- net
	mentions 'if eth0 up'
	mentions 'addr eth0 10\.88\.78\.'
}

@test "docker exec: plain, with user and environment, on a terminal, detached" {
	detached --network none
	in_container echo hi
	says hi
	engine exec "$C" /probe exit 9
	assert_status 9
	ok exec -e A=1 -u 1000 -w /wk "$C" /probe status -- env -- cwd
	says 'uid=1000 euid=1000 suid=1000'
	says 'env A=1'
	says cwd=/wk
	on_terminal "$ENGINES/bin/docker" exec -it "$C" /probe tty
	mentions 'isatty 0=1'
	ok exec -d "$C" /probe write /done
	wait_until "$ENGINES/bin/docker" exec "$C" /probe read /done
}

@test "docker stop of a process that ignores SIGTERM" {
	ok run -d --name "$C" --network none $IMAGE /probe ignore
	wait_until logs_say ready
	ok stop -t 1 "$C"
	ok inspect -f '{{.State.ExitCode}}' "$C"
	says 137
}

@test "docker kill, restart, rm -f" {
	detached --network none
	ok restart -t 1 "$C"
	in_container echo again
	says again
	ok kill -s KILL "$C"
	wait_until container_is "$C" exited
	ok rm -f "$C"
}

@test "docker pause, unpause" {
	detached --network none
	ok pause "$C"
	container_is "$C" paused
	ok unpause "$C"
	in_container echo hi
	says hi
}

@test "docker update, top, stats" {
	detached --network none --memory 64m
	ok update --memory 96m --memory-swap 192m "$C"
	local cg
	cg=$(awk -F: '$2 == "memory" {print $3}' "/proc/$(container_pid)/cgroup")
	equal "$(cat "/sys/fs/cgroup/memory$cg/memory.limit_in_bytes")" 100663296
	ok top "$C" -eo pid,comm
	mentions probe
	ok stats --no-stream --format '{{.Name}} {{.PIDs}}' "$C"
	mentions "^$C 1"
}

@test "docker run --memory: an out-of-memory kill is reported" {
	engine run --name "$C" --network none --memory 32m --memory-swap 32m $IMAGE /probe memory 200
	assert_status 137
}

@test "docker run --pids-limit, --ulimit, --sysctl, --device, --read-only, --tmpfs, --cap-drop" {
	probe --network none --pids-limit 10 -- fork-bomb 100
	mentions '^forked=[0-9] EAGAIN'
	probe --network none --ulimit nofile=100:200 --sysctl kernel.msgmax=9000 --device /dev/kmsg:/dev/mine:r \
		--read-only --tmpfs /scratch --cap-drop all -- rlimits -- sysctl kernel.msgmax -- stat /dev/mine \
		-- write /x -- write /scratch/x -- status
	says 'RLIMIT_NOFILE soft=100 hard=200'
	says 'sysctl kernel.msgmax=9000'
	mentions 'stat /dev/mine=char'
	says 'write=EROFS'
	says 'write=ok'
	says 'cap_eff=0000000000000000'
}

@test "docker run --security-opt seccomp and no-new-privileges" {
	probe --network none -- status
	says seccomp=2
	probe --network none --security-opt no-new-privileges --security-opt seccomp=unconfined -- status
	says nnp=1
	says seccomp=0
}

@test "docker run --pid=host, --network=host, --ipc=host" {
	probe --pid=host --network=host --ipc=host -- ns
	equal "$(value ns_pid)" "$(readlink /proc/self/ns/pid)"
}

@test "docker volumes" {
	mkdir "$T/dir"
	probe --network none -v "$T/dir:/host" -- write /host/new x
	[ -e "$T/dir/new" ]
	probe --network none -v "$T/dir:/host:ro" -- write /host/other
	says 'write=EROFS'
}

@test "docker run --init, --user, --workdir, --hostname" {
	probe --network none --init --user 1000:1000 --workdir /wk --hostname named -- status -- cwd -- hostname
	mentions_not '^pid=1 '
	says 'uid=1000 euid=1000 suid=1000'
	says cwd=/wk
	says hostname=named
}
