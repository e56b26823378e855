# SPDX-License-Identifier: Apache-2.0
libagentrun_a_SOURCES += runtime/state/record.c runtime/state/state.c runtime/state/gate.c
