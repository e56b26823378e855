/* SPDX-License-Identifier: Apache-2.0 */
/* init/proto.c - see proto.h */
#include "init/proto.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/fd.h"
#include "base/str.h"

enum { FROM_PARENT = 0, FROM_CHILD = 1 };

struct rule {
	uint32_t len;
	int sender;
	int with_fd;
};

static const struct rule rules[MSG_TYPE_COUNT] = {
	[MSG_NEED_MAPS] = { 0, FROM_CHILD, 0 },
	[MSG_MAPS_DONE] = { 0, FROM_PARENT, 0 },
	[MSG_PID] = { sizeof(int64_t), FROM_CHILD, 0 },
	[MSG_CGROUP_READY] = { sizeof(int64_t), FROM_PARENT, 0 },
	[MSG_MOUNTED] = { 0, FROM_CHILD, 0 },
	[MSG_HOOKS_DONE] = { 0, FROM_PARENT, 0 },
	[MSG_CONSOLE] = { 0, FROM_CHILD, 1 },
	[MSG_LISTENER] = { sizeof(int64_t), FROM_CHILD, 0 },
	[MSG_LISTENER_DONE] = { 0, FROM_PARENT, 0 },
	[MSG_READY] = { 0, FROM_CHILD, 0 },
	[MSG_GO] = { 0, FROM_PARENT, 0 },
	[MSG_EXEC] = { 0, FROM_CHILD, 0 },
	[MSG_ERROR] = { sizeof(struct err), FROM_CHILD, 0 },
};

int msg_send(int sock, enum msg_type type, const void *body, int fd)
{
	struct msg m = { .type = type, .len = rules[type].len };
	size_t size = offsetof(struct msg, u) + m.len;
	ssize_t n;

	if (m.len)
		memcpy(&m.u, body, m.len);
	n = fd_send(sock, &m, size, fd);
	if (n < 0)
		return (int)n;
	return (size_t)n == size ? 0 : -EPROTO;
}

int msg_recv(int sock, int from_child, struct msg *out, int *out_fd)
{
	AUTO_FD fd = -1;
	const struct rule *rule;
	ssize_t n;

	n = fd_recv(sock, out, sizeof(*out), &fd);
	if (n == -ECONNRESET || n == 0)
		return -EPIPE;
	if (n < 0)
		return (int)n;
	if ((size_t)n < offsetof(struct msg, u) || out->type == MSG_NONE ||
	    out->type >= MSG_TYPE_COUNT)
		return -EPROTO;
	rule = &rules[out->type];
	if (out->len != rule->len || (size_t)n != offsetof(struct msg, u) + rule->len ||
	    rule->sender != from_child || (fd >= 0) != (rule->with_fd != 0))
		return -EPROTO;
	if (out->type == MSG_ERROR) {
		/* The strings of a child are not trusted to end. */
		out->u.err.msg[sizeof(out->u.err.msg) - 1] = '\0';
		out->u.err.hint[sizeof(out->u.err.hint) - 1] = '\0';
	}
	if (out_fd)
		*out_fd = take_fd(&fd);
	return 0;
}

int msg_expect(int sock, enum msg_type type, struct err *err)
{
	struct msg m;
	int r;

	r = msg_recv(sock, FROM_PARENT, &m, NULL);
	if (r == 0 && m.type != type)
		r = -EPROTO;
	if (r < 0)
		return err_sys(err, r, "the runtime went away during set-up");
	return 0;
}
