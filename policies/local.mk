# SPDX-License-Identifier: Apache-2.0
policydir = $(pkgdatadir)/policies
dist_policy_DATA = policies/execute.json policies/read.json \
	policies/agentrun-policy.schema.json
EXTRA_DIST += policies/agentrun.json
dist_man_MANS = policies/agentrun-policy.5
