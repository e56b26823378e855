# SPDX-License-Identifier: Apache-2.0
libagentrun_a_SOURCES += runtime/cli/options.h runtime/cli/options.c \
	runtime/cli/signals.h runtime/cli/signals.c runtime/cli/resources.h \
	runtime/cli/resources.c runtime/cli/ps_filter.h runtime/cli/ps_filter.c \
	runtime/cli/globals.h runtime/cli/globals.c runtime/cli/command.h \
	runtime/cli/command.c runtime/cli/commands.def runtime/cli/container_options.h \
	runtime/cli/create.c runtime/cli/start.c runtime/cli/run.c runtime/cli/exec.c \
	runtime/cli/kill.c runtime/cli/delete.c runtime/cli/state.c runtime/cli/list.c \
	runtime/cli/ps.c runtime/cli/pause.c runtime/cli/resume.c runtime/cli/update.c \
	runtime/cli/events.c runtime/cli/spec.c runtime/cli/features.c \
	runtime/cli/checkpoint.c \
	runtime/cli/gc.c
libagentrun_a_SOURCES += runtime/cli/explain.c runtime/cli/policy.c runtime/cli/audit.c

man1_MANS += runtime/agentrun.1
EXTRA_DIST += runtime/agentrun.1
