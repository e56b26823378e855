#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034
# explain and policy: what is said before anything runs.
load ../lib/common
load ../lib/class
setup() { class_begin; }

@test "explain names the line that allows each thing" {
	rt explain --class execute
	assert_status 0
	mentions 'class execute: run code'
	mentions 'run for 30m \(a request may ask for 2h\) .*execute.json:/time/limit'
	mentions 'create below /workspace .*execute.json:/filesystem/create/0'
	mentions '^network: enforced'
}

@test "explain of a bundle has its requests and what is changed in its config" {
	annotate class=execute time.limit=5m
	add_mount /data bind /usr rbind
	rt explain --bundle "$B"
	assert_status 0
	mentions "run for 5m .*annotation 'dev.agentrun.time.limit'"
	mentions "the mount on '/data' is read-only"
}

@test "explain refuses what create would refuse" {
	annotate class=execute
	without_ns pid
	rt explain --bundle "$B"
	assert_failure
	complains 'pid namespace'
}

@test "explain --json is a document whose policy is the effective one" {
	requires memory
	annotate class=execute budget.memory=512MiB
	rt explain --json --bundle "$B"
	assert_status 0
	json '.class == "execute" and .policy.budget.memory == "512MiB"'
	json '.limits.time.status == "enforced" and (.limits.secrets.allowed == [])'
	json '[.limits[].status] | all(. == "enforced" or . == "not-requested")'
}

@test "policy list, check and show" {
	rt policy list
	assert_status 0
	mentions '^execute +run code'
	mentions '^read +'
	rt policy check execute "$TOP/policies/read.json"
	assert_status 0
	rt policy show read
	json '.name == "read" and .filesystem.rootfs == "readonly"'
	policy bad '.nework = {}'
	rt policy check bad
	assert_failure
	complains 'bad.json:/nework: unknown key'
	rt policy list
	mentions '^bad +refused: .*unknown key'
}
