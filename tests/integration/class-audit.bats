#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034
# The records of a run, and what happens to who touches them.
load ../lib/common
load ../lib/class
setup() { class_begin; }

@test "a run leaves four records, in order, chained and sealed" {
	annotate class=execute "task=look \"around\"" \
		trace=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
	run_probe true
	sealed_clean
	kinds=$(jq -r .kind "$AUDIT/audit.jsonl" | paste -sd' ')
	equal "$kinds" "run.declared run.started run.ended teardown"
	audited run.declared '.class == "execute" and .container == "'"$ID"'" and .seq == 0
		and .task == "look \"around\"" and (.trace | startswith("00-0af7"))
		and .policy.name == "execute" and .limits.network == "enforced"
		and (.policy_sha256 | length) == 64'
	audited teardown '.records == 4 and .seq == 3'
}

@test "the file is the operator's alone, outside the container" {
	annotate class=execute
	run_probe true
	equal "$(stat -c %a "$AUDIT/audit.jsonl")" 600
	equal "$(stat -c %a "$AUDIT")" 700
}

@test "a run that never started says so" {
	annotate class=execute
	config '.process.args = ["/missing"]'
	run_bundle
	assert_failure
	sealed_clean
	audited run.ended '.why == "not started" and (.error | test("no such file"))'
}

@test "several runs at once share the file" {
	annotate class=execute
	config 'del(.linux.cgroupsPath)'
	payload true
	for i in 1 2 3 4 5 6; do
		"$RUNTIME" --config "$T/agentrun.json" --root "$ROOT" run -b "$B" "$ID-$i" \
			>/dev/null 2>"$T/err.$i" </dev/null 3>&- 4>&- &
		BG+=($!)
	done
	wait "${BG[@]}"
	all_sealed() { [ "$(grep -c '"sealed":true' "$AUDIT/audit.jsonl")" = 6 ]; }
	wait_until all_sealed
	rt audit verify
	assert_status 0
	mentions '24 records of 6 runs'
}

@test "verify names the record that was edited, removed or moved" {
	annotate class=execute
	run_probe true
	wait_until is_sealed
	run_probe true
	wait_until sh -c "[ \$(grep -c sealed '$AUDIT/audit.jsonl') = 2 ]"
	rt audit verify
	assert_status 0
	cp "$AUDIT/audit.jsonl" "$T/whole"
	sed '2s/run.started/run.staated/' "$T/whole" >"$T/edited"
	rt audit verify "$T/edited"
	assert_failure
	complains 'edited:2: '
	sed 3d "$T/whole" >"$T/removed"
	rt audit verify "$T/removed"
	complains 'removed:3: '
	awk 'NR == 2 {held = $0; next} {print} NR == 3 {print held}' "$T/whole" >"$T/moved"
	rt audit verify "$T/moved"
	complains 'moved:2: '
	sed '3{p}' "$T/whole" >"$T/twice"
	rt audit verify "$T/twice"
	complains 'twice:4: '
	head -c -20 "$T/whole" >"$T/cut"
	rt audit verify "$T/cut"
	complains 'cut:8: '
}

@test "names with control characters cannot forge a line" {
	annotate class=execute
	config --arg v $'x\n{"kind":"teardown"}' '.annotations["org.example.x"] = $v'
	run_probe true
	sealed_clean
	equal "$(wc -l <"$AUDIT/audit.jsonl")" 4
}

@test "show prints a line a record" {
	annotate class=read
	run_probe true
	sealed_clean
	rt audit show
	assert_status 0
	mentions 'read run\.declared'
	mentions 'teardown .*clean=true'
}
