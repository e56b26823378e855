/* SPDX-License-Identifier: Apache-2.0 */
/* cli/ps_filter.h - the lines of ps(1) that concern a container */
#ifndef AGENTRUN_CLI_PS_FILTER_H
#define AGENTRUN_CLI_PS_FILTER_H

#include <stddef.h>
#include <sys/types.h>

struct err;
struct strbuf;

/*
 * ps_filter: text of ps(1) to its header and the lines whose PID is one of pids. Engines
 * look for the PID column in the header, so a table without one is an error.
 */
int ps_filter(const char *text, const pid_t *pids, size_t n, struct strbuf *out,
	      struct err *err);

#endif
