# SPDX-License-Identifier: Apache-2.0
libagentrun_a_SOURCES += runtime/plan/plan.c
