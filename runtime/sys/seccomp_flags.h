/* SPDX-License-Identifier: Apache-2.0 */
/* sys/seccomp_flags.h - which filter flags this kernel takes */
#ifndef AGENTRUN_SYS_SECCOMP_FLAGS_H
#define AGENTRUN_SYS_SECCOMP_FLAGS_H

#include <stdbool.h>

/* sys_seccomp_has_flag: by its name in config.json ("SECCOMP_FILTER_FLAG_LOG"). */
bool sys_seccomp_has_flag(const char *name);

#endif
