# SPDX-License-Identifier: Apache-2.0
libagentrun_a_SOURCES += runtime/lifecycle/root.c runtime/lifecycle/owner.c runtime/lifecycle/host.c \
	runtime/lifecycle/sockets.c runtime/lifecycle/container.c runtime/lifecycle/config.c \
	runtime/lifecycle/create.c runtime/lifecycle/delete.c runtime/lifecycle/start.c \
	runtime/lifecycle/notify.c runtime/lifecycle/kill.c runtime/lifecycle/pause.c \
	runtime/lifecycle/query.c runtime/lifecycle/update.c runtime/lifecycle/events.c \
	runtime/lifecycle/gc.c runtime/lifecycle/foreground.c runtime/lifecycle/run.c \
	runtime/lifecycle/exec.c runtime/lifecycle/selfexe.c
libagentrun_a_SOURCES += runtime/lifecycle/class.h runtime/lifecycle/class.c \
	runtime/lifecycle/class_run.c runtime/lifecycle/policy_file.c
libagentrun_a_SOURCES += runtime/lifecycle/operator.h runtime/lifecycle/explain.c \
	runtime/lifecycle/audit_file.c
