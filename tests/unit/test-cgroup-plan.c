/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/test-cgroup-plan.c - resources to writes, paths, and /proc as hosts have it
 */
#include <errno.h>
#include <stdlib.h>

#include "apply/cgroup_host.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/cgroup_convert.h"
#include "plan/plan.h"
#include "tap.h"

#define SET(n)            \
	{                 \
		true, (n) \
	}
#define STRS(...)                                                   \
	{                                                           \
		(struct spec_kv[]){ __VA_ARGS__ },                  \
			sizeof((struct spec_kv[]){ __VA_ARGS__ }) / \
				sizeof(struct spec_kv)              \
	}

static struct spec_throttle_device disk[] = { { 8, 0, 1048576 }, { 8, 16, 0 } };
static struct spec_hugepage_limit pages[] = { { "2MB", 4194304 } };
static struct spec_rdma mlx[] = { { "mlx4_0", SET(2), { false, 0 } } };
static struct spec_weight_device weights[] = { { 8, 0, SET(500), { false, 0 } } };

static const struct {
	const char *name;
	enum cgroup_mode mode;
	bool update;
	struct spec_resources r;
	const char *want; /* "FILE=VALUE;..." or "!text of the error" */
} cases[] = {
	{ "nothing asked", CGROUP_V2, false, { 0 }, "" },
	{ "zeros are not asked",
	  CGROUP_V2,
	  false,
	  { .memory = { .limit = SET(0), .reservation = SET(0), .swap = SET(0) },
	    .cpu = { .shares = SET(0), .quota = SET(0), .period = SET(0), .cpus = "" },
	    .blkio = { .weight = SET(0) } },
	  "" },
	{ "v2 memory",
	  CGROUP_V2,
	  false,
	  { .memory = { .limit = SET(1000),
			.swap = SET(1500),
			.reservation = SET(500) } },
	  "memory.swap.max=500;memory.max=1000;memory.low=500;" },
	{ "v2 memory without limit",
	  CGROUP_V2,
	  false,
	  { .memory = { .limit = SET(-1), .reservation = SET(-1) } },
	  "memory.swap.max=max;memory.max=max;memory.low=max;" },
	{ "v2 swap equal to memory",
	  CGROUP_V2,
	  false,
	  { .memory = { .limit = SET(1000), .swap = SET(1000) } },
	  "memory.swap.max=0;memory.max=1000;" },
	{ "v2 swap below memory",
	  CGROUP_V2,
	  false,
	  { .memory = { .limit = SET(1000), .swap = SET(10) } },
	  "!memory/swap: 10 is below" },
	{ "v2 swap alone",
	  CGROUP_V2,
	  false,
	  { .memory = { .swap = SET(10) } },
	  "!memory/swap: needs a memory limit" },
	{ "v2 swappiness",
	  CGROUP_V2,
	  false,
	  { .memory = { .swappiness = SET(10) } },
	  "!memory/swappiness: cgroup v2 has no" },
	{ "v1 memory",
	  CGROUP_V1,
	  false,
	  { .memory = { .limit = SET(1000),
			.swap = SET(1500),
			.reservation = SET(500),
			.swappiness = SET(0),
			.disable_oom_killer = SET(true) } },
	  "memory.limit_in_bytes=1000;memory.memsw.limit_in_bytes=1500;"
	  "memory.soft_limit_in_bytes=500;memory.swappiness=0;memory.oom_control=1;" },
	{ "v1 memory without limit frees the sum first",
	  CGROUP_HYBRID,
	  true,
	  { .memory = { .limit = SET(-1) } },
	  "memory.memsw.limit_in_bytes=-1;memory.limit_in_bytes=-1;" },
	{ "v2 cpu",
	  CGROUP_V2,
	  false,
	  { .cpu = { .shares = SET(1024),
		     .quota = SET(50000),
		     .period = SET(100000),
		     .burst = SET(1000),
		     .cpus = "0-1",
		     .mems = "0" } },
	  "cpu.weight=100;cpu.max=50000 100000;cpu.max.burst=1000;cpuset.cpus=0-1;"
	  "cpuset.mems=0;" },
	{ "v2 quota alone",
	  CGROUP_V2,
	  false,
	  { .cpu = { .quota = SET(50000) } },
	  "cpu.max=50000 100000;" },
	{ "v2 no quota",
	  CGROUP_V2,
	  false,
	  { .cpu = { .quota = SET(-1) } },
	  "cpu.max=max 100000;" },
	{ "v2 update of the quota keeps the period",
	  CGROUP_V2,
	  true,
	  { .cpu = { .quota = SET(50000) } },
	  "cpu.max=50000;" },
	{ "v2 update of the period keeps the quota",
	  CGROUP_V2,
	  true,
	  { .cpu = { .period = SET(50000) } },
	  "cpu.max=50000(keep);" },
	{ "v2 idle has no weight",
	  CGROUP_V2,
	  false,
	  { .cpu = { .shares = SET(1024), .idle = SET(1) } },
	  "cpu.idle=1;" },
	{ "v2 no longer idle, then the weight",
	  CGROUP_V2,
	  true,
	  { .cpu = { .shares = SET(1024), .idle = SET(0) } },
	  "cpu.idle=0;cpu.weight=100;" },
	{ "idle is 0 or 1",
	  CGROUP_V2,
	  true,
	  { .cpu = { .idle = SET(2) } },
	  "!cpu/idle: 2" },
	{ "v1 cpu",
	  CGROUP_V1,
	  false,
	  { .cpu = { .shares = SET(2),
		     .quota = SET(-1),
		     .period = SET(100000),
		     .realtime_period = SET(1000000),
		     .realtime_runtime = SET(10) } },
	  "cpu.shares=2;cpu.cfs_period_us=100000;cpu.cfs_quota_us=-1;cpu.rt_period_us="
	  "1000000;"
	  "cpu.rt_runtime_us=10;" },
	{ "v2 real time",
	  CGROUP_V2,
	  false,
	  { .cpu = { .realtime_runtime = SET(10) } },
	  "!cpu/realtimeRuntime: cgroup v2 has no" },
	{ "pids", CGROUP_V2, false, { .pids_limit = SET(10) }, "pids.max=10;" },
	{ "pids 0 leaves init",
	  CGROUP_V2,
	  false,
	  { .pids_limit = SET(0) },
	  "pids.max=1;" },
	{ "pids unlimited",
	  CGROUP_V1,
	  false,
	  { .pids_limit = SET(-1) },
	  "pids.max=max;" },
	{ "v2 io",
	  CGROUP_V2,
	  false,
	  { .blkio = { .weight = SET(10),
		       .weight_devices = weights,
		       .n_weight_devices = 1,
		       .read_bps = { disk, 2 },
		       .write_iops = { disk, 1 } } },
	  "io.bfq.weight=10|io.weight=1;io.bfq.weight=8:0 500|io.weight=8:0 4950;"
	  "io.max=8:0 rbps=1048576;io.max=8:16 rbps=max;io.max=8:0 wiops=1048576;" },
	{ "v1 io",
	  CGROUP_V1,
	  false,
	  { .blkio = { .weight = SET(500),
		       .leaf_weight = SET(100),
		       .weight_devices = weights,
		       .n_weight_devices = 1,
		       .read_bps = { disk, 1 } } },
	  "blkio.bfq.weight=500|blkio.weight=500;blkio.leaf_weight=100;"
	  "blkio.bfq.weight_device=8:0 500|blkio.weight_device=8:0 500;"
	  "blkio.throttle.read_bps_device=8:0 1048576;" },
	{ "io weight out of range",
	  CGROUP_V2,
	  false,
	  { .blkio = { .weight = SET(5) } },
	  "!blockIO/weight: 5 is not between" },
	{ "v2 leaf weight",
	  CGROUP_V2,
	  false,
	  { .blkio = { .leaf_weight = SET(100) } },
	  "!blockIO/leafWeight: cgroup v2 has no" },
	{ "v2 huge pages",
	  CGROUP_V2,
	  false,
	  { .hugepages = pages, .n_hugepages = 1 },
	  "hugetlb.2MB.max=4194304;hugetlb.2MB.rsvd.max=4194304?;" },
	{ "v1 huge pages",
	  CGROUP_V1,
	  false,
	  { .hugepages = pages, .n_hugepages = 1 },
	  "hugetlb.2MB.limit_in_bytes=4194304;hugetlb.2MB.rsvd.limit_in_bytes=4194304?"
	  ";" },
	{ "rdma",
	  CGROUP_V2,
	  false,
	  { .rdma = mlx, .n_rdma = 1 },
	  "rdma.max=mlx4_0 hca_handle=2;" },
	{ "v2 network class",
	  CGROUP_V2,
	  false,
	  { .network = { .class_id = SET(1) } },
	  "!network/classID: cgroup v2 has no" },
	{ "v1 network class",
	  CGROUP_V1,
	  false,
	  { .network = { .class_id = SET(1048577) } },
	  "net_cls.classid=1048577;" },
	{ "unified comes last",
	  CGROUP_V2,
	  false,
	  { .pids_limit = SET(5),
	    .unified = STRS({ "memory.high", "1000" },
			    { "io.max", "8:0 rbps=1\n8:16 rbps=2" }) },
	  "pids.max=5;memory.high=1000;io.max=8:0 rbps=1;io.max=8:16 rbps=2;" },
	{ "unified on v1",
	  CGROUP_V1,
	  false,
	  { .unified = STRS({ "memory.high", "1" }) },
	  "!unified: this host has cgroup v1" },
	{ "unified without a dot",
	  CGROUP_V2,
	  false,
	  { .unified = STRS({ "memory", "1" }) },
	  "!unified/memory: not of the form" },
	{ "unified out of the directory",
	  CGROUP_V2,
	  false,
	  { .unified = STRS({ "../x.y", "1" }) },
	  "!not of the form" },
	{ "unified as an order",
	  CGROUP_V2,
	  false,
	  { .unified = STRS({ "cgroup.kill", "1" }) },
	  "!not a resource" },
};

static char *text_of(struct arena *a, const struct cgroup_write *w, size_t n)
{
	AUTO_STRBUF b = STRBUF_INIT;

	for (size_t i = 0; i < n; i++) {
		strbuf_addf(&b, "%s=%s", w[i].file, w[i].value);
		if (w[i].alt_file)
			strbuf_addf(&b, "|%s=%s", w[i].alt_file, w[i].alt_value);
		if (w[i].kind == CGROUP_WRITE_KEEP_FIRST)
			strbuf_add(&b, "(keep)");
		if (w[i].may_be_missing && str_has_prefix(w[i].file, "hugetlb"))
			strbuf_add(&b, "?");
		strbuf_addc(&b, ';');
	}
	return arena_strdup(a, strbuf_str(&b));
}

static void resources(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = ARENA_INIT;
		struct err err = ERR_INIT;
		struct cgroup_write *w = NULL;
		size_t n = 0;
		int r = plan_cgroup_resources(&a, &cases[i].r, cases[i].mode,
					      cases[i].update, &w, &n, &err);

		if (cases[i].want[0] == '!')
			ok(r < 0 && strstr(err.msg, cases[i].want + 1), "%s: %s",
			   cases[i].name, err.msg);
		else
			is_str(r < 0 ? err.msg : text_of(&a, w, n), cases[i].want,
			       cases[i].name);
	}
}

static void conversions(void)
{
	static const struct {
		uint64_t shares, weight;
	} v[] = { { 1, 1 },	      { 2, 1 },		 { 3, 2 },
		  { 512, 59 },	      { 1024, 100 },	 { 2048, 174 },
		  { 10240, 639 },     { 262143, 10000 }, { 262144, 10000 },
		  { 1u << 30, 10000 } };
	uint64_t before = 0;
	bool rises = true;

	for (size_t i = 0; i < ARRAY_SIZE(v); i++) {
		char name[64];

		snprintf(name, sizeof(name), "%llu shares",
			 (unsigned long long)v[i].shares);
		is_int((long long)cgroup_convert_shares(v[i].shares),
		       (long long)v[i].weight, name);
	}
	for (uint64_t s = 2; s <= 262144; s += 7) {
		uint64_t w = cgroup_convert_shares(s);

		rises = rises && w >= before && w >= 1 && w <= 10000;
		before = w;
	}
	ok(rises, "more shares are never less weight");
	is_int(cgroup_convert_io_weight(1000), 10000, "the largest io weight");
}

static const struct {
	const char *given;
	bool systemd, rootless;
	const char *want, *scope; /* want "!": refused */
} paths[] = {
	{ NULL, false, false, "/agentrun/box", NULL },
	{ "/a//b/", false, false, "/a/b", NULL },
	{ "a/b", false, false, "/a/b", NULL },
	{ NULL, false, true, "/user/agentrun/box", NULL },
	{ "x", false, true, "/user/x", NULL },
	{ "/x", false, true, "/x", NULL },
	{ "/a/../b", false, false, "!", NULL },
	{ "/", false, false, "!", NULL },
	{ "machine.slice:libpod:1234", true, false, "/machine.slice/libpod-1234.scope",
	  "libpod-1234.scope" },
	{ "a-b-c.slice::x", true, false, "/a.slice/a-b.slice/a-b-c.slice/x.scope",
	  "x.scope" },
	{ ":docker:1", true, false, "/system.slice/docker-1.scope", "docker-1.scope" },
	{ ":docker:1", true, true, "/user.slice/docker-1.scope", "docker-1.scope" },
	{ "-:p:1", true, false, "/p-1.scope", "p-1.scope" },
	{ "a.slice:x:a-b.slice", true, false, "/a.slice/a-b.slice", "a-b.slice" },
	{ NULL, true, false, "/system.slice/agentrun-box.scope", "agentrun-box.scope" },
	{ "/a/b", true, false, "!", NULL },
	{ "a/b.slice:x:y", true, false, "!", NULL },
	{ "a.slice:x:y z", true, false, "!", NULL },
	{ "-a.slice:x:y", true, false, "!", NULL },
};

static void where(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		AUTO_ARENA a = ARENA_INIT;
		struct spec s = { .cgroups_path = paths[i].given };
		struct host h = { .rootless = paths[i].rootless,
				  .cgroup_mode = CGROUP_V2,
				  .n_hierarchies = 1,
				  .hierarchies = {
					  { .v2 = true, .self = "/user/shell" } } };
		struct plan p = { .arena = &a, .spec = &s, .host = &h };
		struct err err = ERR_INIT;
		int r;

		p.opt.id = "box";
		p.opt.systemd_cgroup = paths[i].systemd;
		r = plan_cgroup_build(&p, &err);
		if (paths[i].want[0] == '!') {
			ok(r < 0 && strstr(err.msg, "/linux/cgroupsPath: "),
			   "refused: %s", err.msg);
			continue;
		}
		is_str(r < 0 ? err.msg : p.cgroup.path, paths[i].want, paths[i].want);
		is_str(p.cgroup.scope, paths[i].scope, "its unit");
	}
}

static void feed(struct host *h, const char *mounts, const char *self)
{
	char *copy = strdup(mounts), *save = NULL;

	memset(h, 0, sizeof(*h));
	for (char *l = strtok_r(copy, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		cgroup_host_mount(h, l);
	free(copy);
	copy = strdup(self);
	for (char *l = strtok_r(copy, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		cgroup_host_self(h, l);
	free(copy);
	cgroup_host_mode(h);
}

static void hosts(void)
{
	struct host h;

	feed(&h,
	     "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
	     "30 22 0:26 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw,nsdelegate\n",
	     "0::/user.slice/x:y.scope\n");
	is_int(h.cgroup_mode, CGROUP_V2, "v2");
	is_str(h.hierarchies[0].self, "/user.slice/x:y.scope", "a path with a colon");
	feed(&h,
	     "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
	     "32 31 0:29 / /mnt/copy rw - cgroup cgroup rw,cpu,cpuacct\n"
	     "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
	     "33 31 0:30 / /sys/fs/cgroup/systemd rw - cgroup cgroup "
	     "rw,xattr,release_agent=/lib/x,name=systemd\n"
	     "34 31 0:31 /docker/1 /sys/fs/cgroup/mem\\040ory ro shared:1 master:2 - "
	     "cgroup "
	     "cgroup rw,memory\n"
	     "35 31 0:32 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
	     "36 31 0:33 / /x - cgroupx y rw,z\n37 31 - cgroup\n",
	     "4:cpuacct,cpu:/a\n3:memory:/docker/1/sub\n2:name=systemd:/s\n1:pids:/"
	     "p\n0::/u\n");
	is_int(h.cgroup_mode, CGROUP_HYBRID, "hybrid");
	is_int((long long)h.n_hierarchies, 4, "four hierarchies");
	is_str(h.hierarchies[0].mountpoint, "/sys/fs/cgroup/cpu,cpuacct",
	       "the usual place");
	is_str(h.hierarchies[0].self, "/a", "controllers in any order");
	is_str(h.hierarchies[1].controllers, "name=systemd", "a named hierarchy");
	is_str(h.hierarchies[2].mountpoint, "/sys/fs/cgroup/mem ory", "an escaped blank");
	is_str(h.hierarchies[2].self, "/sub", "below what is mounted");
	is_str(h.hierarchies[3].self, "/u", "hybrid's cgroup2");
	feed(&h, "", "");
	is_int(h.cgroup_mode, CGROUP_NONE, "none");
}

int main(void)
{
	conversions();
	resources();
	where();
	hosts();
	return done();
}
