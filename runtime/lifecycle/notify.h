/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lifecycle/notify.h - the sd_notify proxy (CLI contract 8.5)
 *
 * The container sees ROOT/ID/notify at /run/notify; `start` listens there and passes
 * READY=1 on to the host's NOTIFY_SOCKET, with MAINPID in host terms. The host's socket
 * itself is never shown to the container.
 */
#ifndef AGENTRUN_LIFECYCLE_NOTIFY_H
#define AGENTRUN_LIFECYCLE_NOTIFY_H

struct err;
struct record;
struct state;

#define NOTIFY_DIR    "notify"
#define NOTIFY_INSIDE "/run/notify"

/* notify_make_dir: the directory that is bound into the container. */
int notify_make_dir(const struct state *s, struct err *err);
/* notify_listen: the socket in it. fd or -errno. */
int notify_listen(const struct state *s, struct err *err);
/* notify_forward: wait for READY=1 or the end of init, and pass it on. */
int notify_forward(int fd, const struct record *r, struct err *err);

#endif
