/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy/fields.c - every key of a policy, once
 *
 * A row gives the key, how it is read, where it lands and what explain says about it. The
 * parser, the request, the meet, the printer and explain all walk this table, so a key
 * that one of them does not know cannot exist.
 */
#include "policy/fields.h"

#include <errno.h>
#include <string.h>

#include "base/path.h"
#include "base/str.h"

static const char *const rootfs_names[] = { "readonly", "ephemeral", "as-given", NULL };
static const char *const workspace_names[] = { "readonly", "ephemeral", NULL };
static const char *const network_names[] = { "none", NULL };
static const char *const userns_names[] = { "required", "auto", NULL };
static const char *const seccomp_names[] = { "default", NULL };
static const char *const bool_names[] = { "true", "false", NULL };

#define AT(member) offsetof(struct policy, member)

const struct policy_field policy_fields[PK_COUNT] = {
	[PK_NAME] = { "name", KIND_TEXT, FIELD_ID, AT(name), NULL, NULL },
	[PK_SUMMARY] = { "summary", KIND_TEXT, 0, AT(summary), NULL, NULL },
	[PK_ROOTFS] = { "filesystem.rootfs", KIND_CHOICE, FIELD_REQUEST,
			AT(filesystem.rootfs), rootfs_names, "root file system: %s" },
	[PK_WORKSPACE_PATH] = { "filesystem.workspace.path", KIND_TEXT, FIELD_PATH,
				AT(filesystem.workspace_path), NULL, "workspace: %s" },
	[PK_WORKSPACE_MODE] = { "filesystem.workspace.mode", KIND_CHOICE, FIELD_REQUEST,
				AT(filesystem.workspace_mode), workspace_names,
				"workspace mode: %s" },
	[PK_WORKSPACE_SIZE] = { "filesystem.workspace.size", KIND_SIZE,
				FIELD_REQUEST | FIELD_OPEN, AT(filesystem.workspace_size),
				NULL, "workspace size: at most %s" },
	[PK_READ] = { "filesystem.read", KIND_LIST, FIELD_REQUEST | FIELD_PATH,
		      AT(filesystem.read), NULL, "read and execute below %s" },
	[PK_CREATE] = { "filesystem.create", KIND_LIST, FIELD_REQUEST | FIELD_PATH,
			AT(filesystem.create), NULL, "create below %s" },
	[PK_MODIFY] = { "filesystem.modify", KIND_LIST, FIELD_REQUEST | FIELD_PATH,
			AT(filesystem.modify), NULL, "modify below %s" },
	[PK_REMOVE] = { "filesystem.remove", KIND_LIST, FIELD_REQUEST | FIELD_PATH,
			AT(filesystem.remove), NULL, "remove below %s" },
	[PK_NETWORK_MODE] = { "network.mode", KIND_CHOICE, FIELD_REQUEST,
			      AT(network.mode), network_names,
			      "network: %s (loopback alone)" },
	[PK_EXEC] = { "tools.exec", KIND_LIST, FIELD_REQUEST | FIELD_ALL_ONLY,
		      AT(tools.exec), NULL, "run programs: %s" },
	[PK_TIME_LIMIT] = { "time.limit", KIND_DURATION, FIELD_REQUEST, AT(time.limit),
			    NULL, "run for %s" },
	[PK_TIME_GRACE] = { "time.grace", KIND_DURATION, FIELD_REQUEST | FIELD_ZERO_OK,
			    AT(time.grace), NULL, "then %s between SIGTERM and SIGKILL" },
	[PK_MEMORY] = { "budget.memory", KIND_SIZE, FIELD_REQUEST | FIELD_OPEN,
			AT(budget.memory), NULL, "memory: at most %s" },
	[PK_CPU] = { "budget.cpu", KIND_CPU, FIELD_REQUEST | FIELD_OPEN, AT(budget.cpu),
		     NULL, "processors: at most %s" },
	[PK_PROCESSES] = { "budget.processes", KIND_COUNT, FIELD_REQUEST | FIELD_OPEN,
			   AT(budget.processes), NULL, "processes: at most %s" },
	[PK_DISK] = { "budget.disk", KIND_SIZE, FIELD_REQUEST | FIELD_OPEN,
		      AT(budget.disk), NULL,
		      "writes to the root file system: at most %s" },
	[PK_SECCOMP] = { "seccomp", KIND_CHOICE, 0, AT(seccomp), seccomp_names,
			 "system calls of the built-in profile '%s'" },
	[PK_CAPABILITIES] = { "capabilities", KIND_LIST, FIELD_REQUEST | FIELD_CAPS,
			      AT(capabilities), NULL, "capability %s" },
	[PK_USERNS] = { "user_namespace", KIND_CHOICE, FIELD_REQUEST, AT(user_namespace),
			userns_names, "user namespace: %s" },
	[PK_AUDIT_REQUIRED] = { "audit.required", KIND_BOOL, FIELD_REQUEST,
				AT(audit_required), bool_names,
				"a run whose audit cannot be written stops: %s" },
};

const struct policy_unsupported policy_unsupported[] = {
	{ "extends", false, "each class is one whole file" },
	{ "on_missing", false, "what the host cannot enforce is refused" },
	{ "filesystem.protect", true, "whole directories are writable or not" },
	{ "filesystem.workspace.export", false,
	  "the workspace is destroyed with the run" },
	{ "network.from", false, "the network is loopback alone" },
	{ "network.allow", true, "the network is loopback alone" },
	{ "secrets.allow", true, "a run gets no secret" },
	{ "secrets.lease", true, "a run gets no secret" },
	{ "tools.mcp", true, "a run reaches no MCP server" },
	{ "tools.apis", true, "a run reaches no API" },
	{ "time.idle", false, "time.limit ends every run" },
	{ "budget.cpu_time", false, "budget.cpu and time.limit bound it" },
	{ "budget.egress", false, "the network is loopback alone" },
	{ "runtime", false, "a class runs under agentrun" },
};
const size_t policy_n_unsupported = ARRAY_SIZE(policy_unsupported);

bool field_is_set(const struct policy *p, const struct policy_field *f)
{
	const void *v = field_of(p, f);

	switch (f->kind) {
	case KIND_TEXT:
		return ((const struct policy_text *)v)->set;
	case KIND_CHOICE:
	case KIND_BOOL:
		return ((const struct policy_choice *)v)->set;
	case KIND_LIST:
		return ((const struct policy_list *)v)->set;
	case KIND_DURATION:
	case KIND_SIZE:
	case KIND_CPU:
	case KIND_COUNT:
	default:
		return ((const struct policy_limit *)v)->set;
	}
}

/* "2", "0.5", "1.25" -> thousandths. At most 1024 processors. */
static int read_cpu(const char *s, uint64_t *out)
{
	char whole[8] = "";
	size_t n = strspn(s, "0123456789");
	uint64_t v, milli = 0;

	if (n == 0 || n >= sizeof(whole))
		return -EINVAL;
	memcpy(whole, s, n);
	if (str_to_u64(whole, 1024, &v) < 0)
		return -EINVAL;
	s += n;
	if (*s == '.') {
		uint64_t scale = 100;
		size_t digits = strspn(++s, "0123456789");

		if (digits == 0 || digits > 3 || s[digits])
			return -EINVAL;
		for (; *s; s++, scale /= 10)
			milli += scale * (uint64_t)(*s - '0');
	} else if (*s) {
		return -EINVAL;
	}
	/* The kernel's smallest quota is 1 ms in a period of 100 ms. */
	if (v * 1000 + milli < 10)
		return -EINVAL;
	*out = v * 1000 + milli;
	return 0;
}

int field_read_number(const struct policy_field *f, const char *text, uint64_t *out,
		      const char **why)
{
	uint64_t v = 0;
	int r;

	switch (f->kind) {
	case KIND_DURATION:
		*why = "a duration like '30m'";
		r = (f->flags & FIELD_ZERO_OK) && strcmp(text, "0s") == 0
			    ? 0
			    : str_to_duration(text, &v);
		/* A month: beyond it, a deadline is no deadline. */
		if (r == 0 && v > 31ull * 24 * 3600 * 1000000000) {
			*why = "a duration of at most 31d";
			r = -ERANGE;
		}
		break;
	case KIND_SIZE:
		*why = "a size like '512MiB'";
		r = str_to_size(text, &v);
		if (r == 0 && (v == 0 || v > INT64_MAX))
			r = -ERANGE;
		break;
	case KIND_CPU:
		*why = "a number of processors like '2' or '0.5'";
		r = read_cpu(text, &v);
		break;
	case KIND_COUNT:
		*why = "a count from 1 to 4194304";
		r = str_to_u64(text, 4194304, &v);
		if (r == 0 && v == 0)
			r = -ERANGE;
		break;
	case KIND_TEXT:
	case KIND_CHOICE:
	case KIND_BOOL:
	case KIND_LIST:
	default:
		*why = "no number";
		r = -EINVAL;
	}
	if (r < 0)
		return -EINVAL;
	*out = v;
	return 0;
}

int field_read_choice(const struct policy_field *f, const char *text, unsigned *out,
		      struct strbuf *why)
{
	unsigned i;

	for (i = 0; f->names[i]; i++) {
		if (strcmp(f->names[i], text) == 0) {
			*out = i;
			return 0;
		}
	}
	for (i = 0; f->names[i]; i++)
		strbuf_addf(why, "%s'%s'", i ? " or " : "", f->names[i]);
	return -EINVAL;
}

static bool is_capability(const char *s)
{
	return str_has_prefix(s, "CAP_") && strlen(s) < 32 &&
	       strspn(s + 4, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == strlen(s + 4) && s[4];
}

/* Absolute, and already in its one clean form, so that equal paths are equal strings. */
static bool is_clean_path(const char *s)
{
	size_t len = strlen(s);

	if (s[0] != '/' || len >= 4096 || (len > 1 && s[len - 1] == '/'))
		return false;
	for (const char *p = s; (p = strchr(p, '/')); p++) {
		if (p[1] == '/' || (p[1] == '.' && (p[2] == '/' || !p[2])))
			return false;
	}
	return !path_has_dotdot(s);
}

int field_check_entry(const struct policy_field *f, const char *s, const char **why)
{
	for (const char *p = s; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f) {
			*why = "text without control characters";
			return -EINVAL;
		}
	}
	if ((f->flags & FIELD_PATH) && !is_clean_path(s)) {
		*why = "an absolute path without '//', '.' and '..'";
		return -EINVAL;
	}
	if ((f->flags & FIELD_CAPS) && !is_capability(s)) {
		*why = "the name of a capability like 'CAP_CHOWN'";
		return -EINVAL;
	}
	if ((f->flags & FIELD_ID) && !path_is_id(s)) {
		*why = "a name of letters, digits, '_', '.', '+' and '-'";
		return -EINVAL;
	}
	if ((f->flags & FIELD_ALL_ONLY) && strcmp(s, "*") != 0) {
		*why = "'*': choosing single programs is not supported by this version";
		return -EINVAL;
	}
	return 0;
}

void field_number_print(const struct policy_field *f, uint64_t v, struct strbuf *out)
{
	switch (f->kind) {
	case KIND_DURATION:
		if (v == 0)
			strbuf_add(out, "0s");
		else
			str_duration(out, v);
		return;
	case KIND_SIZE:
		str_size(out, v);
		return;
	case KIND_CPU:
		strbuf_addf(out, "%llu", (unsigned long long)v / 1000);
		if (v % 1000) {
			strbuf_addf(out, ".%03llu", (unsigned long long)v % 1000);
			while (out->s[out->len - 1] == '0')
				out->s[--out->len] = '\0';
		}
		return;
	case KIND_COUNT:
	case KIND_TEXT:
	case KIND_CHOICE:
	case KIND_BOOL:
	case KIND_LIST:
	default:
		strbuf_addf(out, "%llu", (unsigned long long)v);
	}
}

void field_value_print(const struct policy *p, const struct policy_field *f,
		       struct strbuf *out)
{
	const void *v = field_of(p, f);
	const struct policy_list *l = v;

	switch (f->kind) {
	case KIND_TEXT:
		strbuf_add(out, ((const struct policy_text *)v)->v);
		return;
	case KIND_CHOICE:
	case KIND_BOOL:
		strbuf_add(out, f->names[((const struct policy_choice *)v)->v]);
		return;
	case KIND_LIST:
		for (size_t i = 0; i < l->n; i++)
			strbuf_addf(out, "%s%s", i ? " " : "", l->v[i]);
		return;
	case KIND_DURATION:
	case KIND_SIZE:
	case KIND_CPU:
	case KIND_COUNT:
	default:
		field_number_print(f, ((const struct policy_limit *)v)->def, out);
	}
}

bool policy_list_has(const struct policy_list *l, const char *s)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strcmp(l->v[i], "*") == 0 || strcmp(l->v[i], s) == 0)
			return true;
	}
	return false;
}
