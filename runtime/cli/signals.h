/* SPDX-License-Identifier: Apache-2.0 */
/* cli/signals.h - names of signals, as people and engines write them */
#ifndef AGENTRUN_CLI_SIGNALS_H
#define AGENTRUN_CLI_SIGNALS_H

/*
 * signal_parse: "SIGTERM", "term", "15", "RTMIN", "SIGRTMIN+3", "rtmax-2". 1 ... 64.
 * 0 or -EINVAL; *out is untouched on failure.
 */
int signal_parse(const char *s, int *out);

#endif
