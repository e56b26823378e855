# SPDX-License-Identifier: Apache-2.0
libagentrun_a_SOURCES += runtime/supervise/lifeline.h runtime/supervise/lifeline.c \
	runtime/supervise/monitor.h runtime/supervise/monitor.c runtime/supervise/watch.h \
	runtime/supervise/privilege.h \
	runtime/supervise/privilege.c runtime/supervise/loop.c runtime/supervise/teardown.c
EXTRA_DIST += runtime/PRIVSEP.md
