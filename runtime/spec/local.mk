# SPDX-License-Identifier: Apache-2.0
libagentrun_a_SOURCES += runtime/spec/fields.c runtime/spec/read.c runtime/spec/write.c \
	runtime/spec/parse.c runtime/spec/check.c runtime/spec/default.c
