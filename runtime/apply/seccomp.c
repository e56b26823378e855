/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/seccomp.c - load the planned filters and shut the door
 *
 * Runs:     in the child, last before the gate (with no_new_privs) or before the
 *           credentials change (without: it needs CAP_SYS_ADMIN then)
 * Should:   leave every filter of the plan loaded
 * Mustn't:  allocate, open a path or log: a filter may already forbid it
 * On error: exit, never execve
 *
 * The class's filter goes in first: it allows seccomp(2), and the config's may not. The
 * kernel asks all filters and takes the strictest answer, so the order decides nothing
 * else.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "apply/process.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/str.h"
#include "plan/process.h"

/* A descriptor where a listener was asked for, else 0. */
static int load(const struct plan_seccomp *s, const char *whose, struct err *err)
{
	struct sock_fprog prog = { (unsigned short)s->n_filter, s->filter };
	int r;

	if (!s->set)
		return 0;
	r = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, s->flags, &prog);
	if (r >= 0)
		return r;
	r = err_sys(err, -errno, "%s: cannot load the filter of %zu instructions", whose,
		    s->n_filter);
	if (r == -EACCES)
		err_hint(err, "it needs CAP_SYS_ADMIN, or noNewPrivileges");
	return r;
}

int apply_seccomp(const struct plan_process *p, int *out_listener_fd, struct err *err)
{
	int r;

	*out_listener_fd = -1;
	r = load(&p->class_seccomp, "seccomp of the class", err);
	if (r < 0)
		return r;
	r = load(&p->seccomp, "/linux/seccomp", err);
	if (r < 0)
		return r;
	if (p->seccomp.set && p->seccomp.has_notify)
		*out_listener_fd = r;
	return 0;
}

/* The path may be longer than a socket address takes: go through a descriptor. */
static int connect_listener(const char *path, struct err *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	AUTO_FD path_fd = open(path, O_PATH | O_CLOEXEC);
	AUTO_FD sock = -1;

	if (path_fd < 0)
		return err_sys(err, -errno, "/linux/seccomp/listenerPath: cannot open %s",
			       str_quote(path));
	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return err_sys(err, -errno, "cannot make a socket");
	snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d", path_fd);
	if (connect(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return err_sys(err, -errno,
			       "/linux/seccomp/listenerPath: cannot connect to %s",
			       str_quote(path));
	return take_fd(&sock);
}

/* ContainerProcessState of runtime-spec 1.3.0. */
static void process_state(const struct plan_seccomp *s, const char *state_json, pid_t pid,
			  struct strbuf *out)
{
	strbuf_add(out, "{\"ociVersion\":\"1.3.0\",\"fds\":[\"seccompFd\"],\"pid\":");
	strbuf_addf(out, "%d", (int)pid);
	strbuf_add(out, ",\"metadata\":");
	json_escape(out, s->listener_metadata ? s->listener_metadata : "");
	strbuf_add(out, ",\"state\":");
	strbuf_add(out, state_json);
	strbuf_add(out, "}");
}

int apply_seccomp_send_listener(const struct plan_process *p, int listener_fd,
				const char *state_json, pid_t pid, struct err *err)
{
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_FD sock = connect_listener(p->seccomp.listener_path, err);
	ssize_t n;
	int r = sock;

	if (sock < 0) {
		sock = -1;
		return r;
	}
	process_state(&p->seccomp, state_json, pid, &text);
	/* The descriptor belongs to the first message; what is left follows bare. */
	n = fd_send(sock, text.s, text.len, listener_fd);
	r = n < 0 ? (int)n : fd_write_all(sock, text.s + n, text.len - (size_t)n);
	if (r < 0)
		return err_sys(err, r,
			       "/linux/seccomp/listenerPath: cannot send the listener");
	return 0;
}
