#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034
# What does not get a container: one line, and nothing left.
load ../lib/common
load ../lib/class
setup() { class_begin; }

@test "a container without a class is refused, and told what to do" {
	run_bundle
	refused 'names no class'
	complains 'dev\.agentrun\.class=execute'
	not_audited run.declared
}

@test "as shipped, without agentrun.json, that is so too" {
	RUNTIME_ARGS=
	run_bundle
	refused 'names no class'
}

@test "the operator can let it run without limits, or give it a class" {
	operator none
	run_probe status
	says 'cap_eff=0000000020000420'
	operator read
	run_probe status -- open /tmp/x w,creat
	says 'cap_eff=0000000000000000'
	mentions_not 'open=ok'
}

@test "an unknown class is refused" {
	annotate class=nonesuch
	run_bundle
	refused "unknown class 'nonesuch'"
}

@test "no annotation can choose none, nor a path" {
	for c in none ../../etc/x a/b .hidden ''; do
		annotate "class=$c"
		run_bundle
		refused "dev.agentrun.class"
	done
}

@test "an unknown annotation under our prefix is refused, others are not looked at" {
	annotate class=execute klass=x
	run_bundle
	refused "dev.agentrun.klass': unknown key"
	config 'del(.annotations["dev.agentrun.klass"]) | .annotations["org.example.klass"] = "\n"'
	run_probe true
}

@test "a request above the ceiling names key, value and ceiling" {
	annotate class=execute time.limit=3h
	run_bundle
	refused "annotation 'dev.agentrun.time.limit': '3h' is above the ceiling '2h' of .*execute.json:/time/limit"
}

@test "a request for what this version cannot hold is refused" {
	annotate class=execute network.allow=example.org:443
	run_bundle
	refused 'not supported by this version'
}

@test "values that are too long or hold control characters are refused" {
	annotate class=execute "task=$(head -c 5000 /dev/zero | tr '\0' x)"
	run_bundle
	refused 'longer than 4096 bytes'
	annotate "task=$(printf 'a\nb')"
	run_bundle
	refused 'without control characters'
}

@test "a pinned class holds against another annotation, and none refuses requests" {
	annotate class=read
	RUNTIME_ARGS="--config $T/agentrun.json --class execute"
	run_bundle
	refused "says 'read', and --class has pinned 'execute'"
	RUNTIME_ARGS="--config $T/agentrun.json --class none"
	run_bundle
	refused "pinned 'none'"
	RUNTIME_ARGS="--config $T/agentrun.json --class read"
	run_probe open /tmp/x w,creat
	mentions_not '=ok$'
}

@test "namespaces of the host are refused" {
	annotate class=execute
	for ns in pid ipc uts mount; do
		cp "$B/config.json" "$T/saved"
		without_ns "$ns"
		run_bundle
		refused "namespace|ipc cannot|uts cannot"
		cp "$T/saved" "$B/config.json"
	done
	with_ns ipc /proc/self/ns/ipc
	run_bundle
	refused "the ipc namespace is the host's"
}

@test "devices beyond the default ones are refused" {
	config '.linux.devices = [{path: "/dev/x", type: "c", major: 10, minor: 200}]'
	annotate class=execute
	run_bundle
	refused '/linux/devices'
}

@test "sockets of the host, /proc, /sys, / and our own records are refused as mounts" {
	annotate class=execute
	mkdir -p "$T/audit"
	python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$T/sock"
	ln -s "$T/sock" "$T/innocent"
	for src in /proc /sys / /run /dev /run/docker.sock "$T/audit" "$T/audit/x" "$ROOT" "$T/sock" "$T/innocent"; do
		cp "$B/config.json" "$T/saved"
		add_mount /data bind "$src" rbind ro
		run_bundle
		refused '/mounts/[0-9]+'
		cp "$T/saved" "$B/config.json"
	done
}

@test "a policy that others could write is refused" {
	annotate class=execute
	chmod 666 "$T/policies/execute.json"
	run_bundle
	refused 'can be written by others'
	chmod 644 "$T/policies/execute.json"
	chown 1000 "$T/policies/execute.json"
	run_bundle
	refused 'belongs to uid 1000'
	chown 0 "$T/policies/execute.json"
	chmod 777 "$T/policies"
	run_bundle
	refused 'can be written by others'
	chmod 755 "$T/policies"
	mv "$T/policies/execute.json" "$T/x.json"
	ln -s "$T/x.json" "$T/policies/execute.json"
	run_bundle
	refused 'symbolic link'
}

@test "a policy with a typing error is refused with its path" {
	policy typo '.time.limt = "5m"'
	annotate class=typo
	run_bundle
	refused 'typo.json:/time/limt: unknown key'
}

@test "a listener, engine descriptors and foreign file systems are refused" {
	annotate class=execute
	cp "$B/config.json" "$T/saved"
	config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: "/x",
		syscalls: [{names: ["mkdir"], action: "SCMP_ACT_NOTIFY"}]}'
	run_bundle
	refused 'listener'
	cp "$T/saved" "$B/config.json"
	rt run --preserve-fds 1 -b "$B" "$ID"
	refused
	add_mount /data overlay overlay lowerdir=/etc
	run_bundle
	refused '/mounts/'
}

@test "an audit that cannot be written refuses the run" {
	annotate class=execute
	: >"$T/audit"
	run_bundle
	refused 'audit'
	rm "$T/audit"
	mkdir -m 777 "$T/audit"
	chmod 777 "$T/audit"
	run_bundle
	refused 'could be written by others'
	chmod 700 "$T/audit"
	ln -s "$T/elsewhere" "$T/audit/audit.jsonl"
	run_bundle
	refused 'audit file'
}
