/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/events.c - one statistics object, or a stream of them with OOM kills */
#include <errno.h>
#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/str.h"
#include "lifecycle/container.h"

static int print_event(struct arena *a, const char *type, const char *id,
		       struct json *data, struct err *err)
{
	AUTO_STRBUF b = STRBUF_INIT;
	struct json *o = json_new(a, JSON_OBJECT);
	int r;

	json_add_str(a, o, "type", type);
	json_add_str(a, o, "id", id);
	if (data)
		json_add(a, o, "data", data);
	json_print(&b, o, 0);
	strbuf_addc(&b, '\n');
	r = fd_write_all(1, b.s, b.len);
	return r < 0 ? err_sys(err, r, "cannot write the event") : 0;
}

static int print_stats(struct container *c, struct err *err)
{
	AUTO_ARENA a = ARENA_INIT;
	struct json *data;
	int r;

	r = cgroup_stats(&c->cgroup, &a, &data, err);
	if (r < 0)
		return r;
	return print_event(&a, "stats", c->state.id, data, err);
}

static int make_timer(uint64_t interval_ns, struct err *err)
{
	struct itimerspec t = {
		.it_interval = { .tv_sec = (time_t)(interval_ns / NS_PER_S),
				 .tv_nsec = (long)(interval_ns % NS_PER_S) },
	};
	int fd;

	t.it_value = t.it_interval;
	fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);
	if (fd < 0 || timerfd_settime(fd, 0, &t, NULL) < 0)
		return err_sys(err, -errno, "cannot make the interval timer");
	return fd;
}

static int report_oom(struct container *c, int64_t *seen, struct err *err)
{
	AUTO_ARENA a = ARENA_INIT;
	int64_t now = cgroup_oom_count(&c->cgroup);

	if (now <= *seen)
		return 0;
	*seen = now;
	return print_event(&a, "oom", c->state.id, NULL, err);
}

/*
 * KERNEL: v1 tells of an OOM before it has killed, so the count may change a moment after
 * the event: it is looked at again for a while.
 */
#define OOM_LOOK_TIMES 20
#define OOM_LOOK_MS    10

static int stream(struct container *c, uint64_t interval_ns, struct err *err)
{
	AUTO_FD timer = make_timer(interval_ns, err);
	AUTO_FD oom = -1;
	AUTO_FD init = record_pidfd(&c->record);
	int64_t seen = cgroup_oom_count(&c->cgroup);
	struct err ignored = ERR_INIT;
	int look = 0;
	int r;

	if (timer < 0)
		return timer;
	oom = cgroup_oom_fd(&c->cgroup, &ignored);
	for (;;) {
		struct pollfd p[3] = { { .fd = timer, .events = POLLIN },
				       { .fd = oom, .events = POLLIN },
				       { .fd = init, .events = POLLIN } };
		char buf[4096];

		if (poll(p, 3, look ? OOM_LOOK_MS : -1) < 0 && errno != EINTR)
			return err_sys(err, -errno, "cannot wait for events");
		if (p[1].revents) {
			(void)!read(oom, buf, sizeof(buf)); /* only wakes us */
			look = OOM_LOOK_TIMES;
		}
		if (look) {
			look--;
			r = report_oom(c, &seen, err);
			if (r < 0)
				return r;
		}
		if (p[2].revents)
			return 0; /* the container has ended, and so has the stream */
		if (p[0].revents) {
			(void)!read(timer, buf, 8);
			r = print_stats(c, err);
			if (r < 0)
				return r;
		}
	}
}

static int events_open(struct container *c, bool once, uint64_t interval_ns,
		       struct err *err)
{
	enum status s = container_status(c);
	int r;

	if (s == STATUS_STOPPED || s == STATUS_CREATING)
		return err_set(err, -ESRCH, "container with id %s is not running",
			       c->state.id);
	r = container_cgroup(c, err);
	if (r == 1)
		return err_set(err, -ENOTSUP,
			       "container \"%s\" has no cgroup, so no statistics",
			       c->state.id);
	if (r < 0)
		return r;
	return once ? print_stats(c, err) : stream(c, interval_ns, err);
}

int events_container(const struct globals *g, const char *id, bool stats_once,
		     uint64_t interval_ns, struct err *err)
{
	struct container c;
	int r;

	container_init(&c);
	r = container_open(&c, g, id, false, false, err);
	if (r == STATE_INCOMPLETE)
		r = err_set(err, -ESRCH, "container with id %s is not running", id);
	if (r == 0)
		r = events_open(&c, stats_once, interval_ns, err);
	container_release(&c);
	return r;
}
