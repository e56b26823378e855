# SPDX-License-Identifier: Apache-2.0
# What the tree itself must hold to; each says in its header what it looks at.
CHECKERS = contrib/check-layers contrib/check-pure contrib/check-size contrib/check-text \
	contrib/check-headers contrib/check-docs
AM_TESTS_ENVIRONMENT = CC='$(CC)'; export CC;
TESTS += $(CHECKERS)

# A release is the tree: headers, tests and documents are no sources of any program. Of git
# if it is there, so that nothing that was built comes along.
dist-hook:
	dist=$$(cd "$(distdir)" && pwd) && cd $(srcdir) && \
		{ git ls-files 2>/dev/null | grep . || \
			find .ci .clang-format LICENSE contrib hooks policies runtime tests \
				-type f ! -name '*.o' ! -name '*.log' ! -name '*.trs'; } | \
		tar cf - -T - | tar xf - -C "$$dist"

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
