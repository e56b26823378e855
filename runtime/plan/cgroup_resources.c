/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/cgroup_resources.c - `linux.resources` as files and values, v1 or v2
 *
 * Pure. The order is the one in which the kernel takes them: a weight before cpu.idle is
 * switched on and after it is switched off, quota before burst, `unified` last. Where the
 * order depends on what is there now (growing or shrinking memory) apply/ tries again.
 * Zeros that Docker sends for "not given" are not given.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/cgroup.h"
#include "plan/cgroup_convert.h"
#include "spec/spec.h"

#define AT	       "config.json:"
#define DEFAULT_PERIOD 100000

struct list {
	struct arena *a;
	bool v2;
	bool update;
	struct cgroup_write *v;
	size_t n;
	size_t cap;
};

static struct cgroup_write *put(struct list *l, const char *file, const char *value,
				const char *json_path)
{
	struct cgroup_write *w;
	size_t dot = strcspn(file, ".");

	if (l->n == l->cap) {
		struct cgroup_write *old = l->v;

		l->cap = l->cap ? 2 * l->cap : 32;
		l->v = ARENA_ARRAY(l->a, l->cap, struct cgroup_write);
		if (l->n)
			memcpy(l->v, old, l->n * sizeof(*old));
	}
	w = &l->v[l->n++];
	*w = (struct cgroup_write){
		.controller = arena_strndup(l->a, file, dot),
		.file = file,
		.value = value,
		.json_path = json_path,
	};
	return w;
}

static char *num(struct list *l, int64_t v)
{
	return arena_printf(l->a, "%" PRId64, v);
}

static char *unum(struct list *l, uint64_t v)
{
	return arena_printf(l->a, "%" PRIu64, v);
}

/* Bytes, or "no limit" in the words of the version. */
static const char *bytes(struct list *l, int64_t v)
{
	if (v < 0)
		return l->v2 ? "max" : "-1";
	return num(l, v);
}

static int only_v1(const char *path, struct err *err)
{
	return err_set(err, -ENOTSUP, AT "%s: cgroup v2 has no such control", path);
}

static bool given(const struct opt_i64 *v)
{
	return v->set && v->v != 0;
}

static int memory_swap_v2(struct list *l, const struct spec_resources *r, struct err *err)
{
	static const char path[] = "/linux/resources/memory/swap";
	int64_t limit = r->memory.limit.set ? r->memory.limit.v : 0;
	struct cgroup_write *w;
	int64_t swap;
	bool max;
	int ret;

	ret = cgroup_convert_swap(limit, r->memory.swap.set ? r->memory.swap.v : 0, &swap,
				  &max);
	if (ret == CGROUP_SWAP_UNSET)
		return 0;
	if (ret == -EDOM)
		return err_set(err, -EINVAL, AT "%s: needs a memory limit beside it",
			       path);
	if (ret < 0)
		return err_set(err, -EINVAL,
			       AT "%s: %" PRId64 " is below the memory limit of "
				  "%" PRId64,
			       path, r->memory.swap.v, limit);
	w = put(l, "memory.swap.max", max ? "max" : num(l, swap), path);
	/* a kernel that does not swap cgroups has no file: nothing to limit, or all of it
	 */
	w->may_be_missing = max || swap == 0;
	return 0;
}

static int memory_v2(struct list *l, const struct spec_resources *r, struct err *err)
{
	struct cgroup_write *w;
	int ret;

	if (r->memory.swappiness.set)
		return only_v1("/linux/resources/memory/swappiness", err);
	ret = memory_swap_v2(l, r, err);
	if (ret < 0)
		return ret;
	if (given(&r->memory.limit)) {
		w = put(l, "memory.max", bytes(l, r->memory.limit.v),
			"/linux/resources/memory/limit");
		if (l->update && r->memory.check_before_update.v && r->memory.limit.v > 0)
			w->kind = CGROUP_WRITE_CHECK_USAGE;
	}
	if (given(&r->memory.reservation))
		put(l, "memory.low", bytes(l, r->memory.reservation.v),
		    "/linux/resources/memory/reservation");
	return 0;
}

static int memory_limit_v1(struct list *l, const struct spec_resources *r,
			   struct err *err)
{
	int64_t limit = r->memory.limit.set ? r->memory.limit.v : 0;
	int64_t swap = r->memory.swap.set ? r->memory.swap.v : 0;
	struct cgroup_write *w;

	if (swap > 0 && limit > 0 && swap < limit)
		return err_set(err, -EINVAL,
			       AT "/linux/resources/memory/swap: %" PRId64
				  " is below the memory limit of %" PRId64,
			       swap, limit);
	/* the sum of memory and swap can be no less than memory alone: raise it first */
	if (limit < 0 && swap == 0) {
		swap = -1;
		w = put(l, "memory.memsw.limit_in_bytes", "-1",
			"/linux/resources/memory/limit");
		w->may_be_missing = true;
	}
	if (limit) {
		w = put(l, "memory.limit_in_bytes", bytes(l, limit),
			"/linux/resources/memory/limit");
		if (l->update && r->memory.check_before_update.v && limit > 0)
			w->kind = CGROUP_WRITE_CHECK_USAGE;
	}
	if (given(&r->memory.swap)) {
		w = put(l, "memory.memsw.limit_in_bytes", bytes(l, swap),
			"/linux/resources/memory/swap");
		w->may_be_missing = swap < 0;
	}
	return 0;
}

static int memory_v1(struct list *l, const struct spec_resources *r, struct err *err)
{
	int ret;

	if (r->memory.use_hierarchy.v)
		put(l, "memory.use_hierarchy", "1",
		    "/linux/resources/memory/useHierarchy")
			->may_be_missing = true;
	ret = memory_limit_v1(l, r, err);
	if (ret < 0)
		return ret;
	if (given(&r->memory.reservation))
		put(l, "memory.soft_limit_in_bytes", bytes(l, r->memory.reservation.v),
		    "/linux/resources/memory/reservation");
	if (r->memory.swappiness.set && r->memory.swappiness.v > 200)
		return err_set(err, -ERANGE,
			       AT "/linux/resources/memory/swappiness: %" PRIu64
				  " is above 200",
			       r->memory.swappiness.v);
	if (r->memory.swappiness.set)
		put(l, "memory.swappiness", unum(l, r->memory.swappiness.v),
		    "/linux/resources/memory/swappiness");
	if (r->memory.disable_oom_killer.set &&
	    (l->update || r->memory.disable_oom_killer.v))
		put(l, "memory.oom_control", r->memory.disable_oom_killer.v ? "1" : "0",
		    "/linux/resources/memory/disableOOMKiller");
	return 0;
}

static void weight_v2(struct list *l, const struct spec_resources *r)
{
	put(l, "cpu.weight", unum(l, cgroup_convert_shares(r->cpu.shares.v)),
	    "/linux/resources/cpu/shares");
}

static void bandwidth_v2(struct list *l, const struct spec_resources *r)
{
	const char *path = r->cpu.quota.set ? "/linux/resources/cpu/quota"
					    : "/linux/resources/cpu/period";
	uint64_t period = r->cpu.period.set ? r->cpu.period.v : 0;
	int64_t quota = r->cpu.quota.set ? r->cpu.quota.v : 0;
	const char *q;

	if (!period && !quota)
		return;
	q = quota > 0 ? num(l, quota) : "max";
	if (quota && !period && l->update)
		put(l, "cpu.max", q, path); /* the kernel keeps the period */
	else if (!quota && l->update)
		put(l, "cpu.max", unum(l, period), path)->kind = CGROUP_WRITE_KEEP_FIRST;
	else
		put(l, "cpu.max",
		    arena_printf(l->a, "%s %" PRIu64, q,
				 period ? period : DEFAULT_PERIOD),
		    path);
}

static void bandwidth_v1(struct list *l, const struct spec_resources *r)
{
	if (r->cpu.period.set && r->cpu.period.v)
		put(l, "cpu.cfs_period_us", unum(l, r->cpu.period.v),
		    "/linux/resources/cpu/period");
	if (given(&r->cpu.quota))
		put(l, "cpu.cfs_quota_us",
		    num(l, r->cpu.quota.v > 0 ? r->cpu.quota.v : -1),
		    "/linux/resources/cpu/quota");
}

static int realtime(struct list *l, const struct spec_resources *r, struct err *err)
{
	bool period = r->cpu.realtime_period.set && r->cpu.realtime_period.v;
	bool runtime = given(&r->cpu.realtime_runtime);

	if (l->v2 && (period || runtime))
		return only_v1(runtime ? "/linux/resources/cpu/realtimeRuntime"
				       : "/linux/resources/cpu/realtimePeriod",
			       err);
	if (period)
		put(l, "cpu.rt_period_us", unum(l, r->cpu.realtime_period.v),
		    "/linux/resources/cpu/realtimePeriod");
	if (runtime)
		put(l, "cpu.rt_runtime_us", num(l, r->cpu.realtime_runtime.v),
		    "/linux/resources/cpu/realtimeRuntime");
	return 0;
}

static int cpu(struct list *l, const struct spec_resources *r, struct err *err)
{
	bool idle_on = r->cpu.idle.set && r->cpu.idle.v == 1;
	bool shares = r->cpu.shares.set && r->cpu.shares.v && !idle_on;

	if (r->cpu.idle.set && (r->cpu.idle.v < 0 || r->cpu.idle.v > 1))
		return err_set(err, -EINVAL,
			       AT "/linux/resources/cpu/idle: %" PRId64
				  " is neither 0 nor 1",
			       r->cpu.idle.v);
	/* an idle group has no weight: the kernel refuses to set one (EINVAL) */
	if (r->cpu.idle.set && !idle_on)
		put(l, "cpu.idle", "0", "/linux/resources/cpu/idle")->may_be_missing =
			true;
	if (shares && l->v2)
		weight_v2(l, r);
	else if (shares)
		put(l, "cpu.shares", unum(l, r->cpu.shares.v),
		    "/linux/resources/cpu/shares");
	if (l->v2)
		bandwidth_v2(l, r);
	else
		bandwidth_v1(l, r);
	if (r->cpu.burst.set && (r->cpu.burst.v || l->update))
		put(l, l->v2 ? "cpu.max.burst" : "cpu.cfs_burst_us",
		    unum(l, r->cpu.burst.v), "/linux/resources/cpu/burst");
	if (idle_on)
		put(l, "cpu.idle", "1", "/linux/resources/cpu/idle");
	if (r->cpu.cpus && r->cpu.cpus[0])
		put(l, "cpuset.cpus", r->cpu.cpus, "/linux/resources/cpu/cpus");
	if (r->cpu.mems && r->cpu.mems[0])
		put(l, "cpuset.mems", r->cpu.mems, "/linux/resources/cpu/mems");
	return realtime(l, r, err);
}

#define PID_MAX_LIMIT (4 << 20)

static int pids(struct list *l, const struct spec_resources *r)
{
	/* 0 is a limit, but init itself is a process: 1 is what it can mean */
	if (r->pids_limit.set)
		put(l, "pids.max",
		    /* the kernel refuses what is above its largest pid, 2^22: no limit at all */
		    r->pids_limit.v < 0 || r->pids_limit.v > PID_MAX_LIMIT
			    ? "max"
			    : num(l, r->pids_limit.v ? r->pids_limit.v : 1),
		    "/linux/resources/pids/limit");
	return 0;
}

static int weight_range(uint32_t w, const char *path, struct err *err)
{
	if (w >= 10 && w <= 1000)
		return 0;
	return err_set(err, -ERANGE, AT "%s: %u is not between 10 and 1000", path, w);
}

static void weight(struct list *l, const char *dev, uint32_t w, const char *path)
{
	const char *v1 = arena_printf(l->a, "%s%u", dev, w);
	struct cgroup_write *p;

	if (l->v2) {
		p = put(l, "io.bfq.weight", v1, path);
		p->alt_file = "io.weight";
		p->alt_value =
			arena_printf(l->a, "%s%u", dev, cgroup_convert_io_weight(w));
	} else {
		p = put(l, dev[0] ? "blkio.bfq.weight_device" : "blkio.bfq.weight", v1,
			path);
		p->alt_file = dev[0] ? "blkio.weight_device" : "blkio.weight";
		p->alt_value = v1;
	}
}

static int leaf_weight(struct list *l, const char *dev, uint32_t w, const char *path,
		       struct err *err)
{
	int r = weight_range(w, path, err);

	if (r < 0)
		return r;
	if (l->v2)
		return only_v1(path, err);
	put(l, dev[0] ? "blkio.leaf_weight_device" : "blkio.leaf_weight",
	    arena_printf(l->a, "%s%u", dev, w), path);
	return 0;
}

static char *device(struct list *l, int64_t major, int64_t minor)
{
	return arena_printf(l->a, "%" PRId64 ":%" PRId64 " ", major, minor);
}

static int weights(struct list *l, const struct spec_resources *r, struct err *err)
{
	static const char path[] = "/linux/resources/blockIO/weight";
	static const char leaf[] = "/linux/resources/blockIO/leafWeight";
	int ret = 0;

	if (r->blkio.weight.set && r->blkio.weight.v) {
		ret = weight_range(r->blkio.weight.v, path, err);
		if (ret == 0)
			weight(l, "", r->blkio.weight.v, path);
	}
	if (ret == 0 && r->blkio.leaf_weight.set && r->blkio.leaf_weight.v)
		ret = leaf_weight(l, "", r->blkio.leaf_weight.v, leaf, err);
	for (size_t i = 0; ret == 0 && i < r->blkio.n_weight_devices; i++) {
		const struct spec_weight_device *d = &r->blkio.weight_devices[i];
		const char *at = arena_printf(
			l->a, "/linux/resources/blockIO/weightDevice/%zu", i);
		const char *dev = device(l, d->major, d->minor);

		if (d->weight.set && d->weight.v) {
			ret = weight_range(d->weight.v, at, err);
			if (ret == 0)
				weight(l, dev, d->weight.v, at);
		}
		if (ret == 0 && d->leaf_weight.set && d->leaf_weight.v)
			ret = leaf_weight(l, dev, d->leaf_weight.v, at, err);
	}
	return ret;
}

static void throttles(struct list *l, const struct spec_resources *r)
{
	const struct {
		const struct spec_throttle_devices *v;
		const char *key, *v1, *v2;
	} kinds[] = {
		{ &r->blkio.read_bps, "throttleReadBpsDevice",
		  "blkio.throttle.read_bps_device", "rbps" },
		{ &r->blkio.write_bps, "throttleWriteBpsDevice",
		  "blkio.throttle.write_bps_device", "wbps" },
		{ &r->blkio.read_iops, "throttleReadIOPSDevice",
		  "blkio.throttle.read_iops_device", "riops" },
		{ &r->blkio.write_iops, "throttleWriteIOPSDevice",
		  "blkio.throttle.write_iops_device", "wiops" },
	};

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		for (size_t i = 0; i < kinds[k].v->n; i++) {
			const struct spec_throttle_device *d = &kinds[k].v->v[i];
			const char *dev = device(l, d->major, d->minor);
			const char *at = arena_printf(
				l->a, "/linux/resources/blockIO/%s/%zu", kinds[k].key, i);

			if (!l->v2)
				put(l, kinds[k].v1,
				    arena_printf(l->a, "%s%" PRIu64, dev, d->rate), at);
			else if (d->rate) /* v1 says 0 for no limit, v2 "max" */
				put(l, "io.max",
				    arena_printf(l->a, "%s%s=%" PRIu64, dev, kinds[k].v2,
						 d->rate),
				    at);
			else
				put(l, "io.max",
				    arena_printf(l->a, "%s%s=max", dev, kinds[k].v2), at);
		}
}

static bool is_page_size(const char *s)
{
	size_t digits = strspn(s, "0123456789");

	return digits > 0 && digits < 12 && s[0] != '0' &&
	       (!strcmp(s + digits, "KB") || !strcmp(s + digits, "MB") ||
		!strcmp(s + digits, "GB"));
}

static int hugepages(struct list *l, const struct spec_resources *r, struct err *err)
{
	for (size_t i = 0; i < r->n_hugepages; i++) {
		const struct spec_hugepage_limit *h = &r->hugepages[i];
		const char *at =
			arena_printf(l->a, "/linux/resources/hugepageLimits/%zu", i);
		const char *end = l->v2 ? "max" : "limit_in_bytes";
		const char *value = unum(l, h->limit);

		if (!is_page_size(h->page_size))
			return err_set(err, -EINVAL,
				       AT "%s/pageSize: %s is not a size like "
					  "64KB, 2MB or 1GB",
				       at, str_quote(h->page_size));
		put(l, arena_printf(l->a, "hugetlb.%s.%s", h->page_size, end), value, at);
		/* KERNEL 5.7: reservations are counted apart */
		put(l, arena_printf(l->a, "hugetlb.%s.rsvd.%s", h->page_size, end), value,
		    at)
			->may_be_missing = true;
	}
	return 0;
}

static int network(struct list *l, const struct spec_resources *r, struct err *err)
{
	bool class_id = r->network.class_id.set && r->network.class_id.v;

	if (l->v2 && class_id)
		return only_v1("/linux/resources/network/classID", err);
	if (l->v2 && r->network.n_priorities)
		return only_v1("/linux/resources/network/priorities", err);
	if (class_id)
		put(l, "net_cls.classid", unum(l, r->network.class_id.v),
		    "/linux/resources/network/classID");
	for (size_t i = 0; i < r->network.n_priorities; i++)
		put(l, "net_prio.ifpriomap",
		    arena_printf(l->a, "%s %u", r->network.priorities[i].name,
				 r->network.priorities[i].priority),
		    arena_printf(l->a, "/linux/resources/network/priorities/%zu", i));
	return 0;
}

static int rdma(struct list *l, const struct spec_resources *r, struct err *err)
{
	for (size_t i = 0; i < r->n_rdma; i++) {
		const struct spec_rdma *d = &r->rdma[i];
		const char *at =
			arena_printf(l->a, "/linux/resources/rdma/%s", d->device);
		AUTO_STRBUF b = STRBUF_INIT;

		if (!d->hca_handles.set && !d->hca_objects.set)
			return err_set(err, -EINVAL,
				       AT "%s: neither hcaHandles nor hcaObjects", at);
		strbuf_add(&b, d->device);
		if (d->hca_handles.set)
			strbuf_addf(&b, " hca_handle=%u", d->hca_handles.v);
		if (d->hca_objects.set)
			strbuf_addf(&b, " hca_object=%u", d->hca_objects.v);
		put(l, "rdma.max", arena_strdup(l->a, strbuf_str(&b)), at);
	}
	return 0;
}

/*
 * SECURITY: limits, not orders: a file that moves, stops or kills processes, or changes
 * what the directory is, is not a resource.
 */
static bool is_order(const char *file)
{
	static const char *const orders[] = {
		"cgroup.procs",	 "cgroup.threads", "cgroup.kill",
		"cgroup.freeze", "cgroup.type",	   "cgroup.subtree_control",
	};

	for (size_t i = 0; i < ARRAY_SIZE(orders); i++)
		if (!strcmp(file, orders[i]))
			return true;
	return false;
}

static int unified_key(const char *key, const char *at, struct err *err)
{
	const char *dot = strchr(key, '.');

	if (!dot || dot == key || !dot[1] || strchr(key, '/') || strlen(key) > 255)
		return err_set(err, -EINVAL, AT "%s: not of the form CONTROLLER.FILE",
			       at);
	if (is_order(key))
		return err_set(err, -EINVAL, AT "%s: not a resource", at);
	return 0;
}

static int unified(struct list *l, const struct spec_resources *r, struct err *err)
{
	for (size_t i = 0; i < r->unified.n; i++) {
		const struct spec_kv *kv = &r->unified.v[i];
		const char *at =
			arena_printf(l->a, "/linux/resources/unified/%s", kv->key);
		const char *s = kv->value;
		int ret;

		if (!l->v2)
			return err_set(err, -ENOTSUP,
				       AT "/linux/resources/unified: this host "
					  "has cgroup v1");
		ret = unified_key(kv->key, at, err);
		if (ret < 0)
			return ret;
		/* KERNEL: files like io.max take one line a write */
		do {
			size_t n = strcspn(s, "\n");

			if (n || !s[n])
				put(l, kv->key, arena_strndup(l->a, s, n), at);
			s += n + (s[n] == '\n');
		} while (*s);
	}
	return 0;
}

int plan_cgroup_resources(struct arena *a, const struct spec_resources *r,
			  enum cgroup_mode mode, bool update, struct cgroup_write **out,
			  size_t *out_n, struct err *err)
{
	struct list l = { .a = a, .v2 = mode == CGROUP_V2, .update = update };
	int ret;

	/* memory.kernel and kernelTCP: kernels have dropped them, the spec deprecates
	 * them */
	ret = l.v2 ? memory_v2(&l, r, err) : memory_v1(&l, r, err);
	if (ret == 0)
		ret = cpu(&l, r, err);
	if (ret == 0)
		ret = pids(&l, r);
	if (ret == 0)
		ret = weights(&l, r, err);
	if (ret == 0)
		throttles(&l, r);
	if (ret == 0)
		ret = hugepages(&l, r, err);
	if (ret == 0)
		ret = network(&l, r, err);
	if (ret == 0)
		ret = rdma(&l, r, err);
	if (ret == 0)
		ret = unified(&l, r, err);
	if (ret < 0)
		return ret;
	*out = l.v;
	*out_n = l.n;
	return 0;
}
