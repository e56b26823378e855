# SPDX-License-Identifier: Apache-2.0
libagentrun_a_SOURCES += runtime/base/sha256.h runtime/base/sha256.c
libagentrun_a_SOURCES += runtime/policy/policy.h runtime/policy/fields.h \
	runtime/policy/fields.c runtime/policy/parse.c runtime/policy/check.c \
	runtime/policy/meet.c runtime/policy/request.c runtime/policy/print.c \
	runtime/policy/explain.c runtime/policy/settings.c
