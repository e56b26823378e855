# SPDX-License-Identifier: Apache-2.0
# What the tree itself must hold to; each says in its header what it looks at.
CHECKERS = contrib/check-layers contrib/check-pure contrib/check-size contrib/check-text \
	contrib/check-headers contrib/check-docs
AM_TESTS_ENVIRONMENT = CC='$(CC)'; export CC;
TESTS += $(CHECKERS)
EXTRA_DIST += $(CHECKERS) contrib/check-format contrib/size-exceptions \
	contrib/cppcheck-suppressions contrib/test.sh

completiondir = $(datadir)/bash-completion/completions
dist_completion_DATA = contrib/completion/agentrun.bash
EXTRA_DIST += contrib/gen-completion

.PHONY: format-check lint analyze
format-check:
	cd $(top_srcdir) && contrib/check-format

lint:
	cppcheck -q --force --error-exitcode=1 --inline-suppr --std=c11 \
		--enable=warning,portability --suppress=missingIncludeSystem \
		--suppress=unknownMacro \
		--suppressions-list=$(top_srcdir)/contrib/cppcheck-suppressions \
		-I $(top_srcdir)/runtime --include=config.h \
		$(top_srcdir)/runtime $(top_srcdir)/hooks $(top_srcdir)/tests/probe
	cd $(top_srcdir) && grep -rlE '^#!/bin/(ba)?sh' contrib tests autogen.sh | \
		xargs shellcheck -x -S warning

# In a build folder of its own: -fanalyzer makes the compiler several times slower.
analyze:
	mkdir -p analyze
	cd analyze && { test -f Makefile || \
		$(abs_top_srcdir)/configure -q --enable-analyzer --enable-werror CFLAGS="-O1 -g"; }
	cd analyze && $(MAKE) -s
