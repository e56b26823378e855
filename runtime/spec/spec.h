/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spec/spec.h - config.json of the OCI runtime specification 1.3.0, as written
 *
 * Pure: bytes in, data out, no kernel call. spec/fields.c holds the one table that parses,
 * checks and prints all of this. What the table does not know stays in `doc`, so that a
 * document that goes in comes out unharmed. Optional scalars carry `set`; an absent string
 * is NULL; an absent list has n = 0 and, where absence means something else than
 * emptiness, a `has_x` beside it. All memory belongs to the arena of spec_parse.
 */
#ifndef AGENTRUN_SPEC_SPEC_H
#define AGENTRUN_SPEC_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct json;
struct strbuf;

struct opt_bool {
	bool set;
	bool v;
};
struct opt_u32 {
	bool set;
	uint32_t v;
};
struct opt_u64 {
	bool set;
	uint64_t v;
};
struct opt_i64 {
	bool set;
	int64_t v;
};

struct spec_strings {
	const char **v; /* NULL-terminated as well: usable as argv */
	size_t n;
};

struct spec_kv {
	const char *key;
	const char *value;
};

struct spec_kvs {
	struct spec_kv *v;
	size_t n;
};

struct spec_id_map {
	uint32_t container_id;
	uint32_t host_id;
	uint32_t size;
};

struct spec_id_maps {
	struct spec_id_map *v;
	size_t n;
};

struct spec_mount {
	const char *destination;
	const char *type;
	const char *source;
	struct spec_strings options;
	struct spec_id_maps uid_mappings;
	struct spec_id_maps gid_mappings;
};

struct spec_hook {
	const char *path;
	struct spec_strings args;
	bool has_env;
	struct spec_strings env;
	struct opt_i64 timeout_s;
};

struct spec_hooks {
	struct spec_hook *v;
	size_t n;
};

enum spec_hook_kind {
	HOOK_PRESTART = 0,
	HOOK_CREATE_RUNTIME,
	HOOK_CREATE_CONTAINER,
	HOOK_START_CONTAINER,
	HOOK_POSTSTART,
	HOOK_POSTSTOP,
	HOOK_KIND_COUNT
};

struct spec_rlimit {
	const char *type; /* "RLIMIT_NOFILE" */
	int resource;	  /* RLIMIT_NOFILE, filled by spec_check */
	uint64_t soft;
	uint64_t hard;
};

struct spec_caps {
	bool set; /* the object is there; absent means: all sets empty */
	struct spec_strings bounding;
	struct spec_strings effective;
	struct spec_strings inheritable;
	struct spec_strings permitted;
	struct spec_strings ambient;
};

struct spec_scheduler {
	const char *policy; /* "SCHED_OTHER"; NULL: no scheduler object */
	struct opt_i64 nice;
	struct opt_i64 priority;
	struct spec_strings flags;
	struct opt_u64 runtime;
	struct opt_u64 deadline;
	struct opt_u64 period;
};

struct spec_io_priority {
	bool set;
	const char *class_name;
	struct opt_i64 priority;
};

struct spec_process {
	bool terminal;
	struct opt_u64 console_height;
	struct opt_u64 console_width;
	uint32_t uid;
	uint32_t gid;
	struct opt_u32 umask;
	uint32_t *additional_gids;
	size_t n_additional_gids;
	struct spec_strings args;
	struct spec_strings env;
	const char *cwd;
	struct spec_caps caps;
	struct spec_rlimit *rlimits;
	size_t n_rlimits;
	struct opt_bool no_new_privs;
	const char *apparmor_profile;
	const char *selinux_label;
	struct opt_i64 oom_score_adj;
	struct spec_scheduler scheduler;
	struct spec_io_priority io_priority;
	const char *exec_affinity_initial;
	const char *exec_affinity_final;
};

enum spec_ns_type {
	NS_PID = 0,
	NS_NETWORK,
	NS_MOUNT,
	NS_IPC,
	NS_UTS,
	NS_USER,
	NS_CGROUP,
	NS_TIME,
	NS_TYPE_COUNT
};

struct spec_namespace {
	enum spec_ns_type type;
	const char *path; /* NULL: create a new one */
};

struct spec_device {
	char type; /* 'b' 'c' 'u' 'p' */
	const char *path;
	int64_t major;
	int64_t minor;
	struct opt_u32 file_mode;
	struct opt_u32 uid;
	struct opt_u32 gid;
};

struct spec_device_rule {
	bool allow;
	const char *type;     /* NULL, "a", "b", "c" */
	struct opt_i64 major; /* unset or -1: any */
	struct opt_i64 minor;
	const char *access; /* NULL: "rwm" */
};

struct spec_net_device {
	const char *host_name;
	const char *name; /* NULL: as on the host */
};

struct spec_time_offset {
	const char *clock; /* "monotonic" "boottime" */
	int64_t secs;
	uint32_t nanosecs;
};

struct spec_weight_device {
	int64_t major;
	int64_t minor;
	struct opt_u32 weight;
	struct opt_u32 leaf_weight;
};

struct spec_throttle_device {
	int64_t major;
	int64_t minor;
	uint64_t rate;
};

struct spec_throttle_devices {
	struct spec_throttle_device *v;
	size_t n;
};

struct spec_hugepage_limit {
	const char *page_size; /* "2MB" */
	uint64_t limit;
};

struct spec_net_priority {
	const char *name;
	uint32_t priority;
};

struct spec_rdma {
	const char *device;
	struct opt_u32 hca_handles;
	struct opt_u32 hca_objects;
};

struct spec_resources {
	bool set; /* the object is there */
	struct spec_device_rule *devices;
	size_t n_devices;
	struct {
		struct opt_i64 limit, reservation, swap, kernel, kernel_tcp;
		struct opt_u64 swappiness;
		struct opt_bool disable_oom_killer, use_hierarchy, check_before_update;
	} memory;
	struct {
		struct opt_u64 shares, period, burst, realtime_period;
		struct opt_i64 quota, realtime_runtime, idle;
		const char *cpus;
		const char *mems;
	} cpu;
	struct opt_i64 pids_limit;
	struct {
		struct opt_u32 weight, leaf_weight;
		struct spec_weight_device *weight_devices;
		size_t n_weight_devices;
		struct spec_throttle_devices read_bps, write_bps, read_iops, write_iops;
	} blkio;
	struct spec_hugepage_limit *hugepages;
	size_t n_hugepages;
	struct {
		struct opt_u32 class_id;
		struct spec_net_priority *priorities;
		size_t n_priorities;
	} network;
	struct spec_rdma *rdma;
	size_t n_rdma;
	struct spec_kvs unified;
};

struct spec_seccomp_arg {
	uint32_t index;
	uint64_t value;
	uint64_t value_two;
	const char *op; /* "SCMP_CMP_EQ" ... */
};

struct spec_seccomp_rule {
	struct spec_strings names;
	const char *action;
	struct opt_u32 errno_ret;
	struct spec_seccomp_arg *args;
	size_t n_args;
};

struct spec_seccomp {
	bool set;
	const char *default_action;
	struct opt_u32 default_errno_ret;
	struct spec_strings architectures; /* "SCMP_ARCH_X86_64" ... */
	bool has_flags;
	struct spec_strings flags;
	const char *listener_path;
	const char *listener_metadata;
	struct spec_seccomp_rule *rules;
	size_t n_rules;
};

struct spec_intel_rdt {
	bool set;
	const char *clos_id;
	const char *l3_cache_schema;
	const char *mem_bw_schema;
	struct spec_strings schemata;
	struct opt_bool enable_monitoring;
	struct opt_bool enable_cmt;
	struct opt_bool enable_mbm;
};

struct spec_memory_policy {
	const char *mode; /* "MPOL_BIND"; NULL: none */
	const char *nodes;
	struct spec_strings flags;
};

struct spec_personality {
	const char *domain; /* "LINUX" "LINUX32"; NULL: none */
	struct spec_strings flags;
};

struct spec {
	struct arena *arena;
	const char *file; /* as messages name it */
	struct json *doc; /* the whole document, unknown members included */

	const char *oci_version;
	const char *hostname;
	const char *domainname;
	bool has_root;
	const char *root_path;
	bool root_readonly;
	struct spec_kvs annotations;
	struct spec_mount *mounts;
	size_t n_mounts;
	struct spec_hooks hooks[HOOK_KIND_COUNT];
	bool has_process;
	struct spec_process process;

	bool has_linux;
	struct spec_namespace *namespaces;
	size_t n_namespaces;
	struct spec_id_maps uid_mappings;
	struct spec_id_maps gid_mappings;
	struct spec_time_offset *time_offsets;
	size_t n_time_offsets;
	struct spec_device *devices;
	size_t n_devices;
	struct spec_net_device *net_devices;
	size_t n_net_devices;
	const char *cgroups_path;
	const char *rootfs_propagation;
	struct spec_strings masked_paths;
	struct spec_strings readonly_paths;
	struct spec_kvs sysctl;
	const char *mount_label;
	struct spec_resources resources;
	struct spec_seccomp seccomp;
	struct spec_intel_rdt intel_rdt;
	struct spec_memory_policy memory_policy;
	struct spec_personality personality;
};

/*
 * spec_parse: config.json to a spec. file names it in messages. Type, range, duplicates,
 * NUL, depth: checked here, with the JSON path. *out is allocated in the arena.
 */
int spec_parse(struct arena *a, const char *file, const char *buf, size_t len,
	       struct spec **out, struct err *err);

/* spec_parse_process: an OCI process object by itself (exec --process FILE). */
int spec_parse_process(struct arena *a, const char *file, const char *buf, size_t len,
		       struct spec_process *out, struct err *err);

/* spec_parse_resources: a resources object by itself (update --resources FILE). */
int spec_parse_resources(struct arena *a, const char *file, const char *buf, size_t len,
			 struct spec_resources *out, struct err *err);

/*
 * spec_check: what the types alone cannot say (absolute paths, pairs of fields, known
 * names). Messages start with the JSON path. Needs no kernel.
 */
int spec_check(struct spec *s, struct err *err);
int spec_check_process(struct spec_process *p, const char *where, struct err *err);

/* spec_print: the spec as config.json, unknown members where they were. */
void spec_print(const struct spec *s, struct strbuf *out);
/* spec_print_resources: a resources object (for state, after update). */
void spec_print_resources(const struct spec_resources *r, struct strbuf *out);

/* spec_default: the document that `agentrun spec` writes. */
void spec_default(struct strbuf *out, bool rootless, uint32_t uid, uint32_t gid);

/* spec_namespace: the entry of that type, or NULL: the namespace is shared with the host. */
const struct spec_namespace *spec_find_namespace(const struct spec *s,
						 enum spec_ns_type t);
/* spec_annotation: value of an annotation, or NULL. */
const char *spec_annotation(const struct spec *s, const char *key);
const char *spec_ns_name(enum spec_ns_type t);	   /* "pid" "network" "mount" ... */
const char *spec_hook_name(enum spec_hook_kind k); /* "prestart" ... */

#endif
