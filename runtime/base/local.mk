# SPDX-License-Identifier: Apache-2.0
libagentrun_a_SOURCES += runtime/base/err.c
libagentrun_a_SOURCES += runtime/base/arena.c runtime/base/fd.c runtime/base/fd_close.c runtime/base/str.c \
	runtime/base/parse.c runtime/base/path.c runtime/base/clock.c runtime/base/log.c \
	runtime/base/spawn.c runtime/base/json.c runtime/base/json_parse.c runtime/base/json_print.c
