# SPDX-License-Identifier: Apache-2.0
# A program of its own, so that nobody else's start pays for a bus library.
if WITH_SYSTEMD
pkglibexec_PROGRAMS += agentrun-systemd
agentrun_systemd_SOURCES = runtime/systemd/main.c runtime/systemd/bus.c runtime/systemd/bus.h \
	runtime/systemd/limits.c runtime/systemd/limits.h runtime/systemd/gvariant.c \
	runtime/systemd/gvariant.h
agentrun_systemd_CFLAGS = $(AM_CFLAGS) $(SYSTEMD_CFLAGS)
agentrun_systemd_LDFLAGS = $(AM_LDFLAGS) -pie
agentrun_systemd_LDADD = libagentrun.a $(SYSTEMD_LIBS)
endif
