/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/device_rules.h - what `linux.resources.devices` means, and how a kernel is told
 *
 * The list is read in order, a later entry wins, for each access bit by itself; before
 * the first entry everything is denied, and behind the last one come the devices that
 * every container has. device_rules_build brings the list to the shortest one with the
 * same meaning, device_rules_program makes an eBPF program of it (v2), device_rules_v1
 * the exceptions that a v1 devices cgroup knows, or an error where it has no words for
 * it.
 */
#ifndef AGENTRUN_PLAN_DEVICE_RULES_H
#define AGENTRUN_PLAN_DEVICE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct bpf_insn;
struct err;
struct spec_resources;

/* As the kernel's BPF_DEVCG_ACC_*. */
#define DEVICE_MKNOD 1u
#define DEVICE_READ  2u
#define DEVICE_WRITE 4u
#define DEVICE_ALL   7u

#define DEVICE_ANY	 (-1)
#define DEVICE_RULES_MAX 2048

struct device_rule {
	bool allow;
	char type;     /* 'a': both, 'b', 'c' */
	int64_t major; /* DEVICE_ANY or a number */
	int64_t minor;
	unsigned access;
	size_t index; /* in /linux/resources/devices; SIZE_MAX: a default of ours */
};

struct device_rules {
	struct device_rule *v;
	size_t n;
};

/* Everything is denied (or allowed), but for these. */
struct device_v1 {
	bool allow_all;
	struct device_rule *except;
	size_t n;
};

int device_rules_build(struct arena *a, const struct spec_resources *r,
		       struct device_rules *out, struct err *err);
/* device_rules_allow: the model: may all of these access bits be had? */
bool device_rules_allow(const struct device_rules *rules, char type, int64_t major,
			int64_t minor, unsigned access);
int device_rules_program(struct arena *a, const struct device_rules *rules,
			 struct bpf_insn **out, size_t *out_n, struct err *err);
int device_rules_v1(struct arena *a, const struct device_rules *rules,
		    struct device_v1 *out, struct err *err);
/* device_rule_text: "c 1:3 rwm", as v1 files take it. buf has at least 64 bytes. */
const char *device_rule_text(const struct device_rule *r, char *buf, size_t len);

#endif
