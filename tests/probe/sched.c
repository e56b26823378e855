/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/probe/sched.c - verbs that report scheduling, limits, memory policy and clocks
 */
#define SYSCALL_NO_WRAPPER 1
#include "probe.h"

#include <linux/keyctl.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

/* The kernel's struct; glibc of Debian 12 has neither the type nor a wrapper. */
struct sched_attr_probe {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};

static int look_sched(int argc, char **argv)
{
	static const char *const names[] = { "SCHED_OTHER",   "SCHED_FIFO", "SCHED_RR",
					     "SCHED_BATCH",   "SCHED_ISO",  "SCHED_IDLE",
					     "SCHED_DEADLINE" };
	struct sched_attr_probe a = { .size = sizeof(a) };

	(void)argc;
	(void)argv;
	if (syscall(SYS_sched_getattr, 0, &a, sizeof(a), 0) < 0) {
		answer("sched", -1);
		return 0;
	}
	printf("sched=%s nice=%d priority=%u flags=0x%llx runtime=%llu deadline=%llu "
	       "period=%llu\n",
	       a.policy < N_ELEMENTS(names) ? names[a.policy] : "unknown", a.nice,
	       a.priority, (unsigned long long)a.flags, (unsigned long long)a.runtime,
	       (unsigned long long)a.deadline, (unsigned long long)a.period);
	return 0;
}

static int look_ioprio(int argc, char **argv)
{
	long v = syscall(SYS_ioprio_get, 1 /* IOPRIO_WHO_PROCESS */, 0);

	(void)argc;
	(void)argv;
	printf("ioprio=%ld level=%ld\n", v >> 13, v & 7);
	return 0;
}

static int look_affinity(int argc, char **argv)
{
	cpu_set_t set;

	(void)argc;
	(void)argv;
	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof(set), &set);
	printf("affinity=");
	for (int i = 0, n = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &set))
			printf("%s%d", n++ ? "," : "", i);
	printf("\n");
	return 0;
}

static int look_mempolicy(int argc, char **argv)
{
	unsigned long nodes[16] = { 0 };
	int mode = -1;

	(void)argc;
	(void)argv;
	if (syscall(SYS_get_mempolicy, &mode, nodes, 8 * sizeof(nodes), NULL, 0) < 0)
		answer("mempolicy", -1);
	else
		printf("mempolicy=%d flags=0x%x nodes=0x%lx\n", mode & 0xff, mode & ~0xff,
		       nodes[0]);
	return 0;
}

static int look_personality(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("personality=0x%x\n", (unsigned)personality(0xffffffff));
	return 0;
}

static int look_oom(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	show_file("oom_score_adj=", "/proc/self/oom_score_adj");
	return 0;
}

static int look_rlimits(int argc, char **argv)
{
	static const char *const names[] = { "CPU",	 "FSIZE", "DATA",   "STACK",
					     "CORE",	 "RSS",	  "NPROC",  "NOFILE",
					     "MEMLOCK",	 "AS",	  "LOCKS",  "SIGPENDING",
					     "MSGQUEUE", "NICE",  "RTPRIO", "RTTIME" };

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < N_ELEMENTS(names); i++) {
		struct rlimit r;

		getrlimit((int)i, &r);
		printf("RLIMIT_%s soft=%lld hard=%lld\n", names[i], (long long)r.rlim_cur,
		       (long long)r.rlim_max);
	}
	return 0;
}

static int look_timens(int argc, char **argv)
{
	struct timespec t;

	(void)argc;
	(void)argv;
	clock_gettime(CLOCK_MONOTONIC, &t);
	printf("monotonic=%lld\n", (long long)t.tv_sec);
	clock_gettime(CLOCK_BOOTTIME, &t);
	printf("boottime=%lld\n", (long long)t.tv_sec);
	show_file("timens_offsets ", "/proc/self/timens_offsets");
	return 0;
}

/* The session keyring's serial number and description. */
static int look_keyring(int argc, char **argv)
{
	char text[256] = "";
	long id = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);

	(void)argc;
	(void)argv;
	if (id < 0) {
		answer("keyring", -1);
		return 0;
	}
	if (syscall(SYS_keyctl, KEYCTL_DESCRIBE, id, text, sizeof(text) - 1) < 0)
		snprintf(text, sizeof(text), "%s", errno_name(errno));
	printf("keyring=%ld description=%s\n", id, text);
	return 0;
}

static const struct verb verbs[] = {
	{ "sched", look_sched, 0, 0 },
	{ "ioprio", look_ioprio, 0, 0 },
	{ "affinity", look_affinity, 0, 0 },
	{ "mempolicy", look_mempolicy, 0, 0 },
	{ "personality", look_personality, 0, 0 },
	{ "oom", look_oom, 0, 0 },
	{ "rlimits", look_rlimits, 0, 0 },
	{ "timens", look_timens, 0, 0 },
	{ "keyring", look_keyring, 0, 0 },
};

const struct verb_group sched_verbs = { verbs, N_ELEMENTS(verbs) };
