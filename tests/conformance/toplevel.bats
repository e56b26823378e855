#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runtime spec 1.3.0, top level of config.json (checklist A).
load ../lib/common

@test "spec A ociVersion: absent is an error" {
	config 'del(.ociVersion)'
	run_bundle
	refused
}

@test "spec A ociVersion: any 1.x is accepted, also one newer than known" {
	local v
	for v in 1.0.0 1.0.2-dev 1.1.0+build.7 1.2.1 1.3.0 1.99.0; do
		config --arg v "$v" '.ociVersion = $v'
		run_probe echo "$v"
		says "${v//+/\\+}"
	done
}

@test "spec A ociVersion: not semver, or another major, is an error" {
	local v
	for v in "" x 1 2.0.0 0.9.0 1.0 1.0.0.0; do
		config --arg v "$v" '.ociVersion = $v'
		run_bundle
		refused
	done
}

@test "spec A root.path: relative to the bundle" {
	mv "$B/rootfs" "$B/other"
	config '.root.path = "other"'
	run_probe echo hi
	says hi
}

@test "spec A root.path: absolute" {
	mv "$B/rootfs" "$T/elsewhere"
	config --arg p "$T/elsewhere" '.root.path = $p'
	run_probe echo hi
	says hi
}

@test "spec A root.path: missing directory is an error" {
	config '.root.path = "nowhere"'
	run_bundle
	refused
}

@test "spec A root.path: a file is an error" {
	: >"$B/file"
	config '.root.path = "file"'
	run_bundle
	refused
}

@test "spec A root: absent is an error" {
	config 'del(.root)'
	run_bundle
	refused
}

@test "spec A root.readonly: nothing below / can be written" {
	config '.root.readonly = true'
	run_probe write /new -- mkdir /newdir -- statfs / -- write /tmp/x -- write /dev/shm/x
	says 'write=EROFS'
	says 'mkdir=EROFS'
	mentions 'statfs /=.* flags=(.*,)?ro,'
	# the control: a mount of its own stays writable
	says 'write=ok'
}

@test "spec A root.readonly: false leaves it writable" {
	run_probe write /new -- mkdir /newdir
	says 'write=ok'
	says 'mkdir=ok'
	[ -e "$B/rootfs/new" ]
}

@test "spec A root.readonly: mount points and devices are made all the same" {
	config '.root.readonly = true'
	add_mount /brand/new tmpfs tmpfs
	run_probe stat /brand/new -- stat /dev/null
	mentions 'stat /brand/new=dir'
	mentions 'stat /dev/null=char'
}

@test "spec A hostname: is set in the container's uts namespace only" {
	local before
	before=$(uname -n)
	config '.hostname = "inside"'
	run_probe hostname
	says hostname=inside
	equal "$(uname -n)" "$before"
}

@test "spec A hostname: without a uts namespace is an error" {
	without_ns uts
	run_bundle
	refused
}

@test "spec A hostname: too long is an error" {
	config --arg h "$(printf 'h%.0s' {1..65})" '.hostname = $h'
	run_bundle
	refused
}

@test "spec A domainname: is set" {
	config '.domainname = "example.test"'
	run_probe hostname
	says domainname=example.test
}

@test "spec A domainname: without a uts namespace is an error" {
	without_ns uts
	config 'del(.hostname) | .domainname = "example.test"'
	run_bundle
	refused
}

@test "spec A annotations: are shown by state" {
	config '.annotations = {"org.example.key": "value", "org.example.empty": ""}'
	launch pause
	rt state "$ID"
	json '.annotations["org.example.key"] == "value"'
}

@test "spec A annotations: an empty key is an error" {
	requires agentrun
	config '.annotations = {"": "value"}'
	run_bundle
	refused
}

@test "spec A annotations: a value that is no string is an error" {
	config '.annotations = {"a": 1}'
	run_bundle
	refused
}

@test "spec A process: absent is legal for create, an error for start" {
	config 'del(.process)'
	create
	assert_status 0
	rt start "$ID"
	assert_failure
}

@test "spec A linux: absent is refused with a clear text" {
	config 'del(.linux)'
	run_bundle
	refused
}

@test "spec A vm, solaris, windows, zos, freebsd: ignored" {
	config '. + {vm: {kernel: {path: "/x"}}, solaris: {milestone: "m"}, windows: {layerFolders: ["a"]},
		zos: {}, freebsd: {}}'
	run_probe echo hi
	says hi
}

@test "spec A: unknown properties are ignored at every level" {
	config '.unknown = {a: [1, {b: null}]} | .process.unknown = 1 | .linux.unknown = "x"
		| .root.unknown = true | .mounts[0].unknown = [] | .linux.namespaces[0].unknown = 7'
	run_probe echo hi
	says hi
}

@test "spec A: a wrong type is an error that names the field" {
	config '.root.readonly = "yes"'
	run_bundle
	refused readonly
}

@test "spec A: malformed JSON is an error" {
	local text
	for text in '' '{' '[]' '"x"' 'null' '{"ociVersion": "1.0.0",}' '{} trailing'; do
		printf '%s' "$text" >"$B/config.json"
		run_bundle
		refused
	done
}

@test "spec A: truncation at any point is an error" {
	local size cut
	cp "$B/config.json" "$T/whole"
	size=$(stat -c %s "$T/whole")
	for cut in $(seq 1 $((size / 12)) $((size - 2))); do
		head -c "$cut" "$T/whole" >"$B/config.json"
		run_bundle
		refused
	done
}

@test "spec A: a duplicate key is an error" {
	requires agentrun
	sed -i 's/"hostname":/"hostname": "first", "hostname":/' "$B/config.json"
	run_bundle
	refused hostname
}

@test "spec A: nesting a hundred thousand deep is an error, not a crash" {
	requires agentrun
	{
		printf '{"ociVersion":"1.0.0","x":'
		head -c 100000 /dev/zero | tr '\0' '['
	} >"$B/config.json"
	run_bundle
	refused
	[ "$status" = 1 ]
}

@test "spec A: numbers keep 64 bits" {
	requires pids
	config '.annotations = {"a": "b"} | .linux.resources.pids = {limit: 9223372036854775807}'
	payload echo hi
	# jq has rounded the number
	sed -i 's/9223372036854776000/9223372036854775807/' "$B/config.json"
	run_bundle
	assert_status 0
	says hi
}

@test "spec A: the bundle may vanish after create" {
	payload echo hi
	create
	assert_status 0
	mv "$B/config.json" "$T/gone.json"
	rt start "$ID"
	assert_status 0
	wait_until is_status stopped
	rt delete "$ID"
	assert_status 0
}

@test "spec A: what changes in config.json after create has no effect" {
	payload echo first
	create
	config '.process.args = ["/probe", "echo", "second"] | .annotations = {late: "x"}'
	rt start "$ID"
	wait_until file_says "$T/out" first
	rt state "$ID"
	mentions_not late
}
