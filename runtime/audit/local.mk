# SPDX-License-Identifier: Apache-2.0
libagentrun_a_SOURCES += runtime/audit/audit.h runtime/audit/record.c runtime/audit/sink.c \
	runtime/audit/verify.c
