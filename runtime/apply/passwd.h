/* SPDX-License-Identifier: Apache-2.0 */
/* apply/passwd.h - the one thing that is read out of a container's /etc/passwd */
#ifndef AGENTRUN_APPLY_PASSWD_H
#define AGENTRUN_APPLY_PASSWD_H

#include <stddef.h>
#include <stdint.h>

/*
 * passwd_home: the home directory of the first entry with that uid, from /etc/passwd
 * below the current root. 0 and buf, -ENOENT, -errno. No allocation, no NSS.
 */
int passwd_home(uint32_t uid, char *buf, size_t len);

/*
 * passwd_scan: the same over text that comes in pieces. Start from zeroes and the uid,
 * feed what was read, and "" of length 0 at the end. 1: found; 0: go on.
 */
#define PASSWD_LINE_MAX 1024
struct passwd_scan {
	uint32_t uid;
	size_t len;
	int too_long; /* the rest of the line is skipped */
	char line[PASSWD_LINE_MAX];
};
int passwd_scan(struct passwd_scan *s, const char *text, size_t n, char *buf, size_t len);

#endif
