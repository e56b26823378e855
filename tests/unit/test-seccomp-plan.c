/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/test-seccomp-plan.c - rules of the seccomp section; answers by number */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "bpf-run.h"
#include "plan/seccomp.h"
#include "plan/seccomp_parts.h"
#include "spec/spec.h"
#include "tap.h"

#define ERRNO(e) (SECCOMP_RET_ERRNO | (e))

static struct arena arena = ARENA_INIT;
static struct plan_seccomp plan;
static struct err err;

static struct spec_strings names(const char *first, ...)
{
	struct spec_strings s = { ARENA_ARRAY(&arena, 16, const char *), 0 };
	va_list ap;

	va_start(ap, first);
	for (const char *p = first; p && s.n < 15; p = va_arg(ap, const char *))
		s.v[s.n++] = p;
	va_end(ap);
	return s;
}

static int build(const struct spec_seccomp *s)
{
	memset(&plan, 0, sizeof(plan));
	memset(&err, 0, sizeof(err));
	return plan_seccomp_build(&plan, s, &arena, &err);
}

static void refused(const struct spec_seccomp *s, const char *want)
{
	int r = build(s);

	if (!ok(r < 0 && strstr(err.msg, want), "refused: %s", want))
		printf("# r=%d msg: %s\n", r, err.msg);
}

static uint32_t ask(uint32_t arch, int nr, uint64_t a0)
{
	struct seccomp_data d = { .arch = arch, .nr = nr, .args = { a0 } };

	return bpf_run(plan.filter, plan.n_filter, &d, NULL);
}

/* The native architecture, whatever it is. */
static uint32_t native(int nr, uint64_t a0)
{
	return ask(seccomp_archs[0].audit, nr, a0);
}

static void test_actions(void)
{
	static const struct {
		const char *name;
		uint32_t want;
	} cases[] = {
		{ "SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW },
		{ "SCMP_ACT_ERRNO", ERRNO(EPERM) },
		{ "SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD },
		{ "SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD },
		{ "SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS },
		{ "SCMP_ACT_LOG", SECCOMP_RET_LOG },
		{ "SCMP_ACT_TRACE", SECCOMP_RET_TRACE | EPERM },
		{ "SCMP_ACT_TRAP", SECCOMP_RET_TRAP },
		{ "SCMP_ACT_NOTIFY", SECCOMP_RET_USER_NOTIF },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct spec_seccomp_rule r = { names("chmod", "fchmodat", NULL),
					       cases[i].name };
		struct spec_seccomp s = { .default_action = "SCMP_ACT_TRAP",
					  .listener_path = "/x",
					  .rules = &r,
					  .n_rules = 1 };

		is_int(build(&s), 0, cases[i].name);
		is_int(native(SYS_fchmodat, 0), cases[i].want, "answers so");
		is_int(native(SYS_read, 0), SECCOMP_RET_TRAP, "and by default else");
		ok(plan.has_notify == !strcmp(cases[i].name, "SCMP_ACT_NOTIFY") &&
			   plan.has_notify ==
				   ((plan.flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0),
		   "a listener only for notifications");
		ok(bpf_valid(plan.filter, plan.n_filter),
		   "a program that the kernel takes");
	}
}

static void test_precedence(void)
{
	struct spec_seccomp_arg one = { 0, 1, 0, "SCMP_CMP_EQ" };
	struct spec_seccomp_rule r[] = {
		{ names("read", NULL), "SCMP_ACT_ERRNO", { true, 5 }, &one, 1 },
		{ names("read", NULL), "SCMP_ACT_ERRNO", { true, 6 }, NULL, 0 },
		{ names("read", NULL), "SCMP_ACT_ERRNO", { true, 7 }, NULL, 0 },
		{ names("write", NULL), "SCMP_ACT_ALLOW", { false, 0 }, NULL, 0 },
		{ names("write", NULL), "SCMP_ACT_ERRNO", { true, 8 }, NULL, 0 },
		{ names("no_such", NULL), "SCMP_ACT_ERRNO", { true, 9 }, NULL, 0 },
	};
	struct spec_seccomp s = { .default_action = "SCMP_ACT_ALLOW",
				  .rules = r,
				  .n_rules = 6 };

	is_int(build(&s), 0, "several rules for one call");
	is_int(native(SYS_read, 1), ERRNO(6), "the first without conditions decides");
	is_int(native(SYS_write, 0), ERRNO(8), "a rule of the default action is no rule");
	r[1] = r[0];
	r[1].errno_ret.v = 6;
	refused(&s, "/linux/seccomp/syscalls/1: contradicts an earlier rule for 'read'");
}

/* Two conditions on one argument: runc makes a rule of each. */
static void test_split(void)
{
	struct spec_seccomp_arg two[] = { { 0, 1, 0, "SCMP_CMP_EQ" },
					  { 0, 2, 0, "SCMP_CMP_EQ" } };
	struct spec_seccomp_rule r = {
		names("read", NULL), "SCMP_ACT_TRAP", { 0 }, two, 2
	};
	struct spec_seccomp s = { .default_action = "SCMP_ACT_ALLOW",
				  .rules = &r,
				  .n_rules = 1 };

	build(&s);
	ok(native(SYS_read, 1) == SECCOMP_RET_TRAP &&
		   native(SYS_read, 2) == SECCOMP_RET_TRAP &&
		   native(SYS_read, 3) == SECCOMP_RET_ALLOW,
	   "two conditions on one argument are two rules");
	two[1].index = 1;
	build(&s);
	is_int(native(SYS_read, 1), SECCOMP_RET_ALLOW, "on two arguments both must hold");
}

static void test_newer(void)
{
	struct spec_seccomp_rule r = { names("read", "openat2", NULL), "SCMP_ACT_ALLOW" };
	struct spec_seccomp s = { .default_action = "SCMP_ACT_ERRNO",
				  .rules = &r,
				  .n_rules = 1 };
	int last = seccomp_find("openat2")->nr[0];

	build(&s);
	is_int(native(SYS_mount, 0), ERRNO(EPERM), "what the profile could have named");
	is_int(native(last, 0), SECCOMP_RET_ALLOW, "its newest call");
	is_int(native(last + 1, 0), ERRNO(ENOSYS), "what is newer than all of it");
	is_int(native(5000, 0), ERRNO(ENOSYS), "what is newer than this compiler");
	is_int(native(-1, 0), ERRNO(EPERM), "-1 is no call");
	s.default_action = "SCMP_ACT_KILL_PROCESS";
	build(&s);
	is_int(native(last + 1, 0), SECCOMP_RET_KILL_PROCESS, "only for an errno");
	s.n_rules = 0;
	s.default_action = "SCMP_ACT_ERRNO";
	build(&s);
	is_int(native(last + 1, 0), ERRNO(EPERM), "not for a profile that names nothing");
}

static void test_archs(void)
{
#if defined(__x86_64__)
	struct spec_seccomp_rule r = { names("mkdir", NULL), "SCMP_ACT_TRAP" };
	struct spec_seccomp s = { .default_action = "SCMP_ACT_ALLOW",
				  .rules = &r,
				  .n_rules = 1 };
	const uint32_t x64 = AUDIT_ARCH_X86_64, x86 = AUDIT_ARCH_I386;

	build(&s);
	is_int(ask(x86, 39, 0), SECCOMP_RET_KILL_THREAD, "i386 that was not asked for");
	is_int(ask(x64, 83 | (int)SECCOMP_X32_BIT, 0), SECCOMP_RET_KILL_THREAD,
	       "x32 that was not asked for");
	is_int(ask(AUDIT_ARCH_AARCH64, 83, 0), SECCOMP_RET_KILL_THREAD, "a foreign one");
	s.architectures =
		names("SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_S390X", NULL);
	is_int(build(&s), 0, "sub-architectures");
	ok(ask(x64, 83, 0) == SECCOMP_RET_TRAP && ask(x64, 39, 0) == SECCOMP_RET_ALLOW,
	   "x86-64");
	ok(ask(x86, 39, 0) == SECCOMP_RET_TRAP && ask(x86, 83, 0) == SECCOMP_RET_ALLOW,
	   "i386");
	ok(ask(x64, 83 | (int)SECCOMP_X32_BIT, 0) == SECCOMP_RET_TRAP &&
		   ask(x64, 39 | (int)SECCOMP_X32_BIT, 0) == SECCOMP_RET_ALLOW,
	   "x32");
	r.names = names("socket", NULL);
	build(&s);
	ok(ask(x86, 102, 1) == SECCOMP_RET_TRAP &&
		   ask(x86, 102, 2) == SECCOMP_RET_ALLOW &&
		   ask(x86, 359, 0) == SECCOMP_RET_TRAP,
	   "socket on i386 is socketcall as well");
#else
	ok(true, "sub-architectures # SKIP x86-64 only");
#endif
}

static void test_refusals(void)
{
	struct spec_seccomp_arg arg = { 6, 0, 0, "SCMP_CMP_EQ" };
	struct spec_seccomp_rule r = { names("read", NULL), "SCMP_ACT_ALLOW" };
	struct spec_seccomp s = { .default_action = "SCMP_ACT_TRAP",
				  .rules = &r,
				  .n_rules = 1 };

	r.errno_ret.set = true;
	refused(&s, "/linux/seccomp/syscalls/0: SCMP_ACT_ALLOW takes no errno");
	r.action = "SCMP_ACT_ERRNO";
	r.errno_ret.v = 4096;
	refused(&s, "/linux/seccomp/syscalls/0: errno 4096");
	r = (struct spec_seccomp_rule){ names("read", NULL), "SCMP_ACT_FUN" };
	refused(&s, "unknown action 'SCMP_ACT_FUN'");
	r = (struct spec_seccomp_rule){ { NULL, 0 }, "SCMP_ACT_ALLOW" };
	refused(&s, "/linux/seccomp/syscalls/0/names");
	r = (struct spec_seccomp_rule){
		names("read", NULL), "SCMP_ACT_ALLOW", { 0 }, &arg, 1
	};
	refused(&s, "/linux/seccomp/syscalls/0/args/0/index: 6");
	arg = (struct spec_seccomp_arg){ 0, 0, 0, "SCMP_CMP_FUN" };
	refused(&s,
		"/linux/seccomp/syscalls/0/args/0/op: unknown operator 'SCMP_CMP_FUN'");
	s.n_rules = 0;
	s.default_action = "SCMP_ACT_NOTIFY";
	refused(&s, "/linux/seccomp/defaultAction: SCMP_ACT_NOTIFY");
	s.default_action = "SCMP_ACT_TRAP";
	s.architectures = names("SCMP_ARCH_FUN", NULL);
	refused(&s,
		"/linux/seccomp/architectures/0: unknown architecture 'SCMP_ARCH_FUN'");
	s.architectures.n = 0;
	s.has_flags = true;
	s.flags = names("SECCOMP_FILTER_FLAG_FUN", NULL);
	refused(&s, "/linux/seccomp/flags/0: unknown flag");
	s.flags.n = 0;
	s.listener_metadata = "x";
	refused(&s, "/linux/seccomp/listenerMetadata");
	s.listener_metadata = NULL;
	s.n_rules = 1;
	r = (struct spec_seccomp_rule){ names("mkdir", NULL), "SCMP_ACT_NOTIFY" };
	refused(&s, "/linux/seccomp/listenerPath");
	s.listener_path = "/x";
	r.names = names("sendmsg", NULL);
	refused(&s, "SCMP_ACT_NOTIFY cannot be used for the sendmsg syscall");
}

static void test_flags(void)
{
	struct spec_seccomp s = { .default_action = "SCMP_ACT_ALLOW" };

	build(&s);
	is_int(plan.flags, SECCOMP_FILTER_FLAG_SPEC_ALLOW, "no list of flags");
	s.has_flags = true;
	build(&s);
	is_int(plan.flags, 0, "an empty list of flags");
	s.flags = names("SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC",
			"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", NULL);
	build(&s);
	is_int(plan.flags, SECCOMP_FILTER_FLAG_LOG,
	       "what needs a listener waits for one");
}

/* Programs so long that no jump of 8 bits spans them, up to what the kernel takes. */
static void test_long(void)
{
	static struct spec_seccomp_rule r[2000];
	static struct spec_seccomp_arg args[2000];
	struct spec_seccomp s = { .default_action = "SCMP_ACT_ALLOW", .rules = r };
	bool good = true;

	for (size_t i = 0; i < ARRAY_SIZE(r); i++) {
		args[i] = (struct spec_seccomp_arg){ 0, i << 20, 0, "SCMP_CMP_EQ" };
		r[i] = (struct spec_seccomp_rule){ names("read", NULL),
						   "SCMP_ACT_ERRNO",
						   { true, 1 + (uint32_t)i % 200 },
						   &args[i],
						   1 };
	}
	s.n_rules = 600;
	is_int(build(&s), 0, "600 conditions on one call");
	ok(plan.n_filter > 2000 && bpf_valid(plan.filter, plan.n_filter),
	   "%zu instructions", plan.n_filter);
	for (size_t i = 0; i < 700; i++)
		good = good && native(SYS_read, i << 20) ==
				       (i < 600 ? ERRNO(1 + i % 200) : SECCOMP_RET_ALLOW);
	ok(good, "every one answers for itself");
	s.n_rules = 1300;
	refused(&s, "the kernel takes 4096");
	s.n_rules = 2000;
	refused(&s, "too many rules for 'read'");
}

int main(void)
{
	test_actions();
	test_precedence();
	test_split();
	test_newer();
	test_archs();
	test_refusals();
	test_flags();
	test_long();
	arena_release(&arena);
	return done();
}
