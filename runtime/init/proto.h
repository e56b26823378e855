/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init/proto.h - what parent and child may say to each other
 *
 * A SEQPACKET socketpair, one message a packet, exact sizes. init/proto.c holds the table:
 * type, size, sender. Anything else ends the peer. A closed socket is the child's death.
 */
#ifndef AGENTRUN_INIT_PROTO_H
#define AGENTRUN_INIT_PROTO_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

enum msg_type {
	MSG_NONE = 0,
	MSG_NEED_MAPS,	   /* child: I am in a new user namespace, write my maps */
	MSG_MAPS_DONE,	   /* parent: they are written */
	MSG_PID,	   /* stage one: this is init's pid; I leave */
	MSG_CGROUP_READY,  /* parent: you are in your cgroup, devices and rdt are set */
	MSG_MOUNTED,	   /* child: mounts are made, run prestart and createRuntime */
	MSG_HOOKS_DONE,	   /* parent: they have run */
	MSG_CONSOLE,	   /* child: here is the pty's master (with a descriptor) */
	MSG_LISTENER,	   /* child: my descriptor number of the seccomp listener */
	MSG_LISTENER_DONE, /* parent: I have taken it */
	MSG_READY,	   /* child: all is set but execve */
	MSG_GO,		   /* parent: execve now (run, exec) */
	MSG_EXEC,  /* child: the next thing is execve; end of file means it worked */
	MSG_ERROR, /* child: struct err; I exit */
	MSG_TYPE_COUNT
};

struct msg {
	uint32_t type;
	uint32_t len; /* of the body that follows */
	union {
		int64_t number; /* pid, descriptor number */
		struct err err;
	} u;
};

/* msg_send: type with its body from m->u; fd -1 or one that is passed. 0 or -errno. */
int msg_send(int sock, enum msg_type type, const void *body, int fd);
/*
 * msg_recv: the next message, checked against the table; from_child says who sent it.
 * 0; -EPIPE when the peer is gone; -EPROTO when it broke the rules. *out_fd may be NULL.
 */
int msg_recv(int sock, int from_child, struct msg *out, int *out_fd);
/* msg_expect: msg_recv of exactly that type; MSG_ERROR fills err. For the child's side. */
int msg_expect(int sock, enum msg_type type, struct err *err);

#endif
