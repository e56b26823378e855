# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
#
# tests/lib/class.bash - containers that have a risk class: load it behind common

# class_begin: an operator's configuration of this test's own; classes come from the tree
class_begin() {
	test_begin
	mkdir -p "$T/policies"
	install_policy execute
	install_policy read
	AUDIT=$T/audit
	operator refuse
	RUNTIME_ARGS="--config $T/agentrun.json"
}

# plain_policy CLASS: without comments; without what this machine's cgroups cannot hold
plain_policy() {
	local drop='.'
	has_memory && has_pids && has_cpu ||
		drop='del(.budget.memory, .budget.cpu, .budget.processes)'
	sed 's,^ *//.*,,' "$TOP/policies/$1.json" | jq "$drop"
}
install_policy() { # CLASS
	if has_memory && has_pids && has_cpu; then
		install -m 644 "$TOP/policies/$1.json" "$T/policies/"
	else
		plain_policy "$1" >"$T/policies/$1.json"
		chmod 644 "$T/policies/$1.json"
	fi
}

# operator UNCLASSIFIED: what agentrun.json says
operator() {
	jq -n --arg u "$1" --arg p "$T/policies" --arg a "$AUDIT" \
		'{unclassified: $u, policy_dir: $p, audit_dir: $a}' >"$T/agentrun.json"
	chmod 644 "$T/agentrun.json"
}

# annotate KEY=VALUE...: dev.agentrun. is put in front
annotate() {
	local kv
	for kv in "$@"; do
		config --arg k "dev.agentrun.${kv%%=*}" --arg v "${kv#*=}" '.annotations[$k] = $v'
	done
}

# policy NAME FILTER: a class of the test's own, made from execute
policy() {
	plain_policy execute |
		jq --arg n "$1" '.name = $n | '"$2" >"$T/policies/$1.json"
	chmod 644 "$T/policies/$1.json"
}

# audited KIND FILTER: the newest record of that kind satisfies the filter
audited() {
	local line
	line=$(jq -c --arg k "$1" 'select(.kind == $k)' "$AUDIT/audit.jsonl" | tail -1)
	[ -n "$line" ] || fail "no record $1 in the audit"
	jq -e "$2" <<<"$line" >/dev/null || fail "the record $1 does not satisfy $2: $line"
}
not_audited() { # KIND
	[ ! -e "$AUDIT/audit.jsonl" ] || ! grep -q "\"kind\":\"$1\"" "$AUDIT/audit.jsonl" ||
		fail "there is a record $1"
}
# sealed: the teardown of the last run is written and clean
is_sealed() { tail -1 "$AUDIT/audit.jsonl" | jq -e '.kind == "teardown" and .sealed' >/dev/null; }
sealed_clean() {
	local end=$((SECONDS + 10))
	until is_sealed; do
		if [ $SECONDS -ge $end ]; then
			cut -c1-400 "$AUDIT/audit.jsonl" >&2
			ps -eo pid,ppid,stat,wchan,args | grep '[a]gentrun-' >&2
			fail "the run is not sealed"
			return 1
		fi
		sleep 0.02
	done
	audited teardown '.clean and ([.proof[].gone] | all)'
	rt audit verify
	assert_status 0
}

# inside VERB...: in a container of class $1, foreground, must succeed
inside() {
	annotate "class=$1"
	shift
	run_probe "$@"
}
