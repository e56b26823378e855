#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# events: the numbers of the cgroup in the usual shape, and OOM kills as they happen.
load ../lib/common

@test "events --stats: one object with every part of its shape" {
	launch pause
	rt events --stats "$ID"
	assert_status 0
	equal "$(wc -l <<<"$output")" 1
	json '.type == "stats" and .id == "'"$ID"'"'
	json '.data | .cpu.usage.total > 0 and (.cpu.throttling | has("periods") and has("throttledTime"))'
	json '.data.memory | has("cache") and has("raw") and (.usage | has("limit") and has("max") and has("failcnt"))'
	json '.data | (.pids | has("current")) and (.blkio.ioServiceBytesRecursive | type == "array")'
}

@test "events --stats: memory and pids are those of the container" {
	requires memory pids
	config '.linux.resources.memory = {limit: 67108864} | .linux.resources.pids = {limit: 9}'
	launch pause
	rt events --stats "$ID"
	json '.data.memory.usage.limit == 67108864 and .data.memory.usage.usage > 0'
	json '.data.pids.current == 1 and .data.pids.limit == 9'
}

@test "events: an OOM kill is one event" {
	requires memory
	config '.linux.resources.memory = {limit: 33554432, swap: 33554432}'
	launch pause
	background bash -c "exec $RUNTIME $RUNTIME_ARGS --root $ROOT events --interval 60s $ID >$T/events 2>&1"
	wait_until bash -c "ls -l /proc/${BG[-1]}/fd | grep -q 'eventfd\|inotify'"
	rt exec "$ID" /probe memory 200
	assert_failure
	wait_until grep -q '"oom"' "$T/events"
	rt kill "$ID" KILL
	wait_until is_status stopped
	wait_until bash -c "! kill -0 ${BG[-1]} 2>/dev/null"
	grep -q "{\"type\":\"oom\",\"id\":\"$ID\"" "$T/events"
}
