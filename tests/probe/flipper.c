/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/probe/flipper.c - swap two names as fast as the kernel can: flipper A B SECONDS
 *
 * The other half of every race in the history of container runtimes: a directory entry
 * that is a plain directory at one look and a symbolic link at the next. It refuses to
 * work unless the mark file MARK beside A says that this is a test's own tree.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int marked(const char *path)
{
	char copy[PATH_MAX], mark[PATH_MAX + 32];

	snprintf(copy, sizeof(copy), "%s", path);
	snprintf(mark, sizeof(mark), "%s/.agentrun-test-rootfs", dirname(copy));
	return access(mark, F_OK) == 0;
}

int main(int argc, char **argv)
{
	struct timespec now, end;
	long flips = 0;

	if (argc != 4 || !marked(argv[1])) {
		fprintf(stderr,
			"usage: flipper A B SECONDS (beside a .agentrun-test-rootfs)\n");
		return 64;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += strtol(argv[3], NULL, 10);
	do {
		for (int i = 0; i < 64; i++, flips++)
			if (syscall(SYS_renameat2, AT_FDCWD, argv[1], AT_FDCWD, argv[2],
				    RENAME_EXCHANGE) < 0) {
				fprintf(stderr, "flipper: %s\n", strerror(errno));
				return 1;
			}
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec);
	printf("flips=%ld\n", flips);
	return 0;
}
