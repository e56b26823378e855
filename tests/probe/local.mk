# SPDX-License-Identifier: Apache-2.0
# Programs that the tests put into containers or run beside them: static, so that an
# empty root file system is enough. They are not part of the product.
check_PROGRAMS += tests/probe/probe tests/probe/flipper tests/probe/recvfd

tests_probe_probe_SOURCES = \
	tests/probe/probe.h \
	tests/probe/main.c \
	tests/probe/look.c \
	tests/probe/sched.c \
	tests/probe/try.c \
	tests/probe/net.c \
	tests/probe/live.c \
	tests/probe/hostile.c
# Sanitizers cannot be linked statically, and it is the runtime that they should watch.
tests_probe_probe_CFLAGS = -std=gnu11 $(WARN_CFLAGS)
tests_probe_probe_LDFLAGS = -static
tests_probe_flipper_SOURCES = tests/probe/flipper.c
tests_probe_flipper_CFLAGS = -std=gnu11 $(WARN_CFLAGS)
tests_probe_flipper_LDFLAGS = -static
tests_probe_recvfd_SOURCES = tests/probe/recvfd.c
tests_probe_recvfd_CFLAGS = -std=gnu11 $(WARN_CFLAGS)
tests_probe_recvfd_LDFLAGS = -static
