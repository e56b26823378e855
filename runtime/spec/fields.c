/* SPDX-License-Identifier: Apache-2.0 */
/* spec/fields.c - every field of config.json 1.3.0, once; see fields.h */
#include "spec/fields.h"

#include "base/str.h"
#include "spec/spec.h"

#define TABLE(name, fields_, type) \
	static const struct fields name = { fields_, ARRAY_SIZE(fields_), sizeof(type) }
#define AT(key, kind, type, member)                                 \
	{                                                           \
		key, kind, offsetof(type, member), NO_FLAG, NULL, 0 \
	}
#define REQ(key, kind, type, member)                                             \
	{                                                                        \
		key, kind, offsetof(type, member), NO_FLAG, NULL, FIELD_REQUIRED \
	}
#define ID(key, kind, type, member)                                        \
	{                                                                  \
		key, kind, offsetof(type, member), NO_FLAG, NULL, FIELD_ID \
	}
#define OBJ(key, type, member, sub)                                           \
	{                                                                     \
		key, FIELD_OBJECT, offsetof(type, member), NO_FLAG, &(sub), 0 \
	}
#define OBJ_SET(key, type, member, sub, has)                                            \
	{                                                                               \
		key, FIELD_OBJECT, offsetof(type, member), offsetof(type, has), &(sub), \
			0                                                               \
	}
/* an object whose members lie in the struct of its parent */
#define FLAT(key, sub)                                   \
	{                                                \
		key, FIELD_OBJECT, 0, NO_FLAG, &(sub), 0 \
	}
#define FLAT_SET(key, sub, type, has)                                \
	{                                                            \
		key, FIELD_OBJECT, 0, offsetof(type, has), &(sub), 0 \
	}
#define LIST(key, type, ptr, count, sub)                                               \
	{                                                                              \
		key, FIELD_LIST, offsetof(type, ptr), offsetof(type, count), &(sub), 0 \
	}
#define MAP(key, type, ptr, count, sub)                                               \
	{                                                                             \
		key, FIELD_MAP, offsetof(type, ptr), offsetof(type, count), &(sub), 0 \
	}

#define M struct spec_id_map
static const struct field id_map_fields[] = {
	REQ("containerID", FIELD_U32, M, container_id),
	REQ("hostID", FIELD_U32, M, host_id),
	REQ("size", FIELD_U32, M, size),
};
TABLE(id_map, id_map_fields, M);
#undef M

#define M struct spec_mount
static const struct field mount_fields[] = {
	REQ("destination", FIELD_STR, M, destination),
	AT("type", FIELD_STR, M, type),
	AT("source", FIELD_STR, M, source),
	AT("options", FIELD_STRS, M, options),
	LIST("uidMappings", M, uid_mappings.v, uid_mappings.n, id_map),
	LIST("gidMappings", M, gid_mappings.v, gid_mappings.n, id_map),
};
TABLE(mount_table, mount_fields, M);
#undef M

#define M struct spec_hook
static const struct field hook_fields[] = {
	REQ("path", FIELD_STR, M, path),
	AT("args", FIELD_STRS, M, args),
	{ "env", FIELD_STRS, offsetof(M, env), offsetof(M, has_env), NULL, 0 },
	AT("timeout", FIELD_OI64, M, timeout_s),
};
TABLE(hook_table, hook_fields, M);
#undef M

#define HOOKS(key, kind) LIST(key, struct spec, hooks[kind].v, hooks[kind].n, hook_table)
static const struct field hooks_fields[] = {
	HOOKS("prestart", HOOK_PRESTART),
	HOOKS("createRuntime", HOOK_CREATE_RUNTIME),
	HOOKS("createContainer", HOOK_CREATE_CONTAINER),
	HOOKS("startContainer", HOOK_START_CONTAINER),
	HOOKS("poststart", HOOK_POSTSTART),
	HOOKS("poststop", HOOK_POSTSTOP),
};
TABLE(hooks_table, hooks_fields, struct spec);

#define M struct spec_process
static const struct field console_fields[] = {
	AT("height", FIELD_OU64, M, console_height),
	AT("width", FIELD_OU64, M, console_width),
};
TABLE(console_table, console_fields, M);

static const struct field user_fields[] = {
	ID("uid", FIELD_U32, M, uid),
	ID("gid", FIELD_U32, M, gid),
	AT("umask", FIELD_OU32, M, umask),
	{ "additionalGids", FIELD_U32S, offsetof(M, additional_gids),
	  offsetof(M, n_additional_gids), NULL, FIELD_ID },
};
TABLE(user_table, user_fields, M);

#define C struct spec_caps
static const struct field caps_fields[] = {
	AT("bounding", FIELD_STRS, C, bounding),
	AT("effective", FIELD_STRS, C, effective),
	AT("inheritable", FIELD_STRS, C, inheritable),
	AT("permitted", FIELD_STRS, C, permitted),
	AT("ambient", FIELD_STRS, C, ambient),
};
TABLE(caps_table, caps_fields, C);
#undef C

#define R struct spec_rlimit
static const struct field rlimit_fields[] = {
	REQ("type", FIELD_STR, R, type),
	REQ("soft", FIELD_U64, R, soft),
	REQ("hard", FIELD_U64, R, hard),
};
TABLE(rlimit_table, rlimit_fields, R);
#undef R

#define S struct spec_scheduler
static const struct field scheduler_fields[] = {
	REQ("policy", FIELD_STR, S, policy),	 AT("nice", FIELD_OI64, S, nice),
	AT("priority", FIELD_OI64, S, priority), AT("flags", FIELD_STRS, S, flags),
	AT("runtime", FIELD_OU64, S, runtime),	 AT("deadline", FIELD_OU64, S, deadline),
	AT("period", FIELD_OU64, S, period),
};
TABLE(scheduler_table, scheduler_fields, S);
#undef S

static const struct field io_priority_fields[] = {
	AT("class", FIELD_STR, M, io_priority.class_name),
	AT("priority", FIELD_OI64, M, io_priority.priority),
};
TABLE(io_priority_table, io_priority_fields, M);

static const struct field affinity_fields[] = {
	AT("initial", FIELD_STR, M, exec_affinity_initial),
	AT("final", FIELD_STR, M, exec_affinity_final),
};
TABLE(affinity_table, affinity_fields, M);

static const struct field process_fields[] = {
	AT("terminal", FIELD_BOOL, M, terminal),
	FLAT("consoleSize", console_table),
	FLAT("user", user_table),
	AT("args", FIELD_STRS, M, args),
	AT("env", FIELD_STRS, M, env),
	AT("cwd", FIELD_STR, M, cwd),
	OBJ_SET("capabilities", M, caps, caps_table, caps.set),
	LIST("rlimits", M, rlimits, n_rlimits, rlimit_table),
	AT("noNewPrivileges", FIELD_OBOOL, M, no_new_privs),
	AT("apparmorProfile", FIELD_STR, M, apparmor_profile),
	AT("selinuxLabel", FIELD_STR, M, selinux_label),
	AT("oomScoreAdj", FIELD_OI64, M, oom_score_adj),
	OBJ("scheduler", M, scheduler, scheduler_table),
	FLAT_SET("ioPriority", io_priority_table, M, io_priority.set),
	FLAT("execCPUAffinity", affinity_table),
};
const struct fields spec_process_fields = { process_fields, ARRAY_SIZE(process_fields),
					    sizeof(M) };
#undef M

#define M struct spec_namespace
static const struct field namespace_fields[] = {
	REQ("type", FIELD_NS, M, type),
	AT("path", FIELD_STR, M, path),
};
TABLE(namespace_table, namespace_fields, M);
#undef M

#define M struct spec_device
static const struct field device_fields[] = {
	REQ("type", FIELD_CHAR, M, type),
	REQ("path", FIELD_STR, M, path),
	AT("major", FIELD_I64, M, major),
	AT("minor", FIELD_I64, M, minor),
	AT("fileMode", FIELD_OU32, M, file_mode),
	ID("uid", FIELD_OU32, M, uid),
	ID("gid", FIELD_OU32, M, gid),
};
TABLE(device_table, device_fields, M);
#undef M

#define M struct spec_device_rule
static const struct field device_rule_fields[] = {
	REQ("allow", FIELD_BOOL, M, allow), AT("type", FIELD_STR, M, type),
	AT("major", FIELD_OI64, M, major),  AT("minor", FIELD_OI64, M, minor),
	AT("access", FIELD_STR, M, access),
};
TABLE(device_rule_table, device_rule_fields, M);
#undef M

static const struct field net_device_fields[] = {
	AT("name", FIELD_STR, struct spec_net_device, name),
};
TABLE(net_device_table, net_device_fields, struct spec_net_device);

static const struct field time_offset_fields[] = {
	AT("secs", FIELD_I64, struct spec_time_offset, secs),
	AT("nanosecs", FIELD_U32, struct spec_time_offset, nanosecs),
};
TABLE(time_offset_table, time_offset_fields, struct spec_time_offset);

#define M struct spec_resources
static const struct field memory_fields[] = {
	AT("limit", FIELD_OI64, M, memory.limit),
	AT("reservation", FIELD_OI64, M, memory.reservation),
	AT("swap", FIELD_OI64, M, memory.swap),
	AT("kernel", FIELD_OI64, M, memory.kernel),
	AT("kernelTCP", FIELD_OI64, M, memory.kernel_tcp),
	AT("swappiness", FIELD_OU64, M, memory.swappiness),
	AT("disableOOMKiller", FIELD_OBOOL, M, memory.disable_oom_killer),
	AT("useHierarchy", FIELD_OBOOL, M, memory.use_hierarchy),
	AT("checkBeforeUpdate", FIELD_OBOOL, M, memory.check_before_update),
};
TABLE(memory_table, memory_fields, M);

static const struct field cpu_fields[] = {
	AT("shares", FIELD_OU64, M, cpu.shares),
	AT("quota", FIELD_OI64, M, cpu.quota),
	AT("burst", FIELD_OU64, M, cpu.burst),
	AT("period", FIELD_OU64, M, cpu.period),
	AT("realtimeRuntime", FIELD_OI64, M, cpu.realtime_runtime),
	AT("realtimePeriod", FIELD_OU64, M, cpu.realtime_period),
	AT("cpus", FIELD_STR, M, cpu.cpus),
	AT("mems", FIELD_STR, M, cpu.mems),
	AT("idle", FIELD_OI64, M, cpu.idle),
};
TABLE(cpu_table, cpu_fields, M);

static const struct field pids_fields[] = { AT("limit", FIELD_OI64, M, pids_limit) };
TABLE(pids_table, pids_fields, M);

static const struct field weight_device_fields[] = {
	REQ("major", FIELD_I64, struct spec_weight_device, major),
	REQ("minor", FIELD_I64, struct spec_weight_device, minor),
	AT("weight", FIELD_OU32, struct spec_weight_device, weight),
	AT("leafWeight", FIELD_OU32, struct spec_weight_device, leaf_weight),
};
TABLE(weight_device_table, weight_device_fields, struct spec_weight_device);

static const struct field throttle_fields[] = {
	REQ("major", FIELD_I64, struct spec_throttle_device, major),
	REQ("minor", FIELD_I64, struct spec_throttle_device, minor),
	REQ("rate", FIELD_U64, struct spec_throttle_device, rate),
};
TABLE(throttle_table, throttle_fields, struct spec_throttle_device);

static const struct field blkio_fields[] = {
	AT("weight", FIELD_OU32, M, blkio.weight),
	AT("leafWeight", FIELD_OU32, M, blkio.leaf_weight),
	LIST("weightDevice", M, blkio.weight_devices, blkio.n_weight_devices,
	     weight_device_table),
	LIST("throttleReadBpsDevice", M, blkio.read_bps.v, blkio.read_bps.n,
	     throttle_table),
	LIST("throttleWriteBpsDevice", M, blkio.write_bps.v, blkio.write_bps.n,
	     throttle_table),
	LIST("throttleReadIOPSDevice", M, blkio.read_iops.v, blkio.read_iops.n,
	     throttle_table),
	LIST("throttleWriteIOPSDevice", M, blkio.write_iops.v, blkio.write_iops.n,
	     throttle_table),
};
TABLE(blkio_table, blkio_fields, M);

static const struct field hugepage_fields[] = {
	REQ("pageSize", FIELD_STR, struct spec_hugepage_limit, page_size),
	REQ("limit", FIELD_U64, struct spec_hugepage_limit, limit),
};
TABLE(hugepage_table, hugepage_fields, struct spec_hugepage_limit);

static const struct field net_priority_fields[] = {
	REQ("name", FIELD_STR, struct spec_net_priority, name),
	REQ("priority", FIELD_U32, struct spec_net_priority, priority),
};
TABLE(net_priority_table, net_priority_fields, struct spec_net_priority);

static const struct field network_fields[] = {
	AT("classID", FIELD_OU32, M, network.class_id),
	LIST("priorities", M, network.priorities, network.n_priorities,
	     net_priority_table),
};
TABLE(network_table, network_fields, M);

static const struct field rdma_fields[] = {
	AT("hcaHandles", FIELD_OU32, struct spec_rdma, hca_handles),
	AT("hcaObjects", FIELD_OU32, struct spec_rdma, hca_objects),
};
TABLE(rdma_table, rdma_fields, struct spec_rdma);

static const struct field resources_fields[] = {
	LIST("devices", M, devices, n_devices, device_rule_table),
	FLAT("memory", memory_table),
	FLAT("cpu", cpu_table),
	FLAT("pids", pids_table),
	FLAT("blockIO", blkio_table),
	LIST("hugepageLimits", M, hugepages, n_hugepages, hugepage_table),
	FLAT("network", network_table),
	MAP("rdma", M, rdma, n_rdma, rdma_table),
	AT("unified", FIELD_KVS, M, unified),
};
const struct fields spec_resources_fields = { resources_fields,
					      ARRAY_SIZE(resources_fields), sizeof(M) };
#undef M

static const struct field seccomp_arg_fields[] = {
	REQ("index", FIELD_U32, struct spec_seccomp_arg, index),
	REQ("value", FIELD_U64, struct spec_seccomp_arg, value),
	AT("valueTwo", FIELD_U64, struct spec_seccomp_arg, value_two),
	REQ("op", FIELD_STR, struct spec_seccomp_arg, op),
};
TABLE(seccomp_arg_table, seccomp_arg_fields, struct spec_seccomp_arg);

static const struct field seccomp_rule_fields[] = {
	REQ("names", FIELD_STRS, struct spec_seccomp_rule, names),
	REQ("action", FIELD_STR, struct spec_seccomp_rule, action),
	AT("errnoRet", FIELD_OU32, struct spec_seccomp_rule, errno_ret),
	LIST("args", struct spec_seccomp_rule, args, n_args, seccomp_arg_table),
};
TABLE(seccomp_rule_table, seccomp_rule_fields, struct spec_seccomp_rule);

#define M struct spec_seccomp
static const struct field seccomp_fields[] = {
	REQ("defaultAction", FIELD_STR, M, default_action),
	AT("defaultErrnoRet", FIELD_OU32, M, default_errno_ret),
	AT("architectures", FIELD_STRS, M, architectures),
	{ "flags", FIELD_STRS, offsetof(M, flags), offsetof(M, has_flags), NULL, 0 },
	AT("listenerPath", FIELD_STR, M, listener_path),
	AT("listenerMetadata", FIELD_STR, M, listener_metadata),
	LIST("syscalls", M, rules, n_rules, seccomp_rule_table),
};
TABLE(seccomp_table, seccomp_fields, M);
#undef M

#define M struct spec_intel_rdt
static const struct field intel_rdt_fields[] = {
	AT("closID", FIELD_STR, M, clos_id),
	AT("schemata", FIELD_STRS, M, schemata),
	AT("l3CacheSchema", FIELD_STR, M, l3_cache_schema),
	AT("memBwSchema", FIELD_STR, M, mem_bw_schema),
	AT("enableMonitoring", FIELD_OBOOL, M, enable_monitoring),
	AT("enableCMT", FIELD_OBOOL, M, enable_cmt),
	AT("enableMBM", FIELD_OBOOL, M, enable_mbm),
};
TABLE(intel_rdt_table, intel_rdt_fields, M);
#undef M

static const struct field memory_policy_fields[] = {
	REQ("mode", FIELD_STR, struct spec, memory_policy.mode),
	AT("nodes", FIELD_STR, struct spec, memory_policy.nodes),
	AT("flags", FIELD_STRS, struct spec, memory_policy.flags),
};
TABLE(memory_policy_table, memory_policy_fields, struct spec);

static const struct field personality_fields[] = {
	REQ("domain", FIELD_STR, struct spec, personality.domain),
	AT("flags", FIELD_STRS, struct spec, personality.flags),
};
TABLE(personality_table, personality_fields, struct spec);

#define M struct spec
static const struct field linux_fields[] = {
	LIST("namespaces", M, namespaces, n_namespaces, namespace_table),
	LIST("uidMappings", M, uid_mappings.v, uid_mappings.n, id_map),
	LIST("gidMappings", M, gid_mappings.v, gid_mappings.n, id_map),
	MAP("timeOffsets", M, time_offsets, n_time_offsets, time_offset_table),
	LIST("devices", M, devices, n_devices, device_table),
	MAP("netDevices", M, net_devices, n_net_devices, net_device_table),
	AT("cgroupsPath", FIELD_STR, M, cgroups_path),
	AT("rootfsPropagation", FIELD_STR, M, rootfs_propagation),
	AT("maskedPaths", FIELD_STRS, M, masked_paths),
	AT("readonlyPaths", FIELD_STRS, M, readonly_paths),
	AT("sysctl", FIELD_KVS, M, sysctl),
	AT("mountLabel", FIELD_STR, M, mount_label),
	{ "resources", FIELD_OBJECT, offsetof(M, resources), offsetof(M, resources.set),
	  &spec_resources_fields, 0 },
	OBJ_SET("seccomp", M, seccomp, seccomp_table, seccomp.set),
	OBJ_SET("intelRdt", M, intel_rdt, intel_rdt_table, intel_rdt.set),
	FLAT("memoryPolicy", memory_policy_table),
	FLAT("personality", personality_table),
};
TABLE(linux_table, linux_fields, M);

static const struct field root_fields[] = {
	REQ("path", FIELD_STR, M, root_path),
	AT("readonly", FIELD_BOOL, M, root_readonly),
};
TABLE(root_table, root_fields, M);

static const struct field top_fields[] = {
	REQ("ociVersion", FIELD_STR, M, oci_version),
	FLAT_SET("root", root_table, M, has_root),
	{ "process", FIELD_OBJECT, offsetof(M, process), offsetof(M, has_process),
	  &spec_process_fields, 0 },
	AT("hostname", FIELD_STR, M, hostname),
	AT("domainname", FIELD_STR, M, domainname),
	LIST("mounts", M, mounts, n_mounts, mount_table),
	FLAT("hooks", hooks_table),
	AT("annotations", FIELD_KVS, M, annotations),
	FLAT_SET("linux", linux_table, M, has_linux),
};
const struct fields spec_fields = { top_fields, ARRAY_SIZE(top_fields), sizeof(M) };
#undef M
