# SPDX-License-Identifier: Apache-2.0
libagentrun_a_SOURCES += runtime/init/proto.c runtime/init/hooks.c runtime/init/idmap.c \
	runtime/init/namespaces.c runtime/init/stage_one.c runtime/init/parent.c \
	runtime/init/child.c runtime/init/go_on.c
