/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/test-passwd.c - home directories out of hostile passwd files; resctrl texts
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/passwd.h"
#include "apply/rdt.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "spec/spec.h"
#include "tap.h"

/* Fed in pieces of every size, the answer is the same. */
static void home(const char *text, uint32_t uid, const char *want, const char *what)
{
	bool same = true;

	for (size_t piece = 1; piece < 9; piece++) {
		struct passwd_scan s = { .uid = uid };
		char buf[64] = "";
		int r = 0;

		for (size_t i = 0, n = strlen(text); i < n && !r; i += piece)
			r = passwd_scan(&s, text + i, n - i < piece ? n - i : piece, buf,
					sizeof(buf));
		if (!r)
			r = passwd_scan(&s, "", 0, buf, sizeof(buf));
		same = same && (want ? r == 1 && !strcmp(buf, want) : r == 0);
	}
	ok(same, "passwd: %s", what);
}

static void test_passwd(void)
{
	char *text = malloc(70000);

	home("root:x:0:0:root:/root:/bin/sh\nu:x:1000:1000::/home/u:/bin/sh\n", 1000,
	     "/home/u", "an ordinary one");
	home("u:x:7:7::/first:\nv:x:7:7::/second:\n", 7, "/first",
	     "the first entry counts");
	home("u:x:7:7::/h", 7, "/h", "no shell, no newline");
	home("1000:x:0:0::/root:/bin/sh\n", 1000, NULL, "a name of digits is no uid");
	home("1000:x:0:0::/root:/bin/sh\n", 0, "/root", "nor does it hide root");
	home("u:x: 7:7::/h:\nu:x:+7:7::/h:\nu:x:7x:7::/h:\nu:x:07x:7::/h:\n", 7, NULL,
	     "numbers are strict");
	home("u:x:4294967303:7::/h:\n", 7, NULL, "and do not wrap around");
	home("u:x:7\n:::\n\n::7\nu:x:7:7:\n", 7, NULL, "lines without enough fields");
	home("u:x:7:7::"
	     "/0123456789012345678901234567890123456789012345678901234567890123456789:\n"
	     "v:x:7:7::/short:\n",
	     7, "/short", "a home that has no room is passed over");
	memset(text, 'x', 60000);
	strcpy(text + 60000, ":x:7:7::/long:\nu:x:7:7::/h:\n");
	home(text, 7, "/h", "an endless line is passed over");
	free(text);
}

static void test_rdt_text(void)
{
	struct arena a = ARENA_INIT;
	char mounts[] =
		"22 1 0:20 / /proc rw - proc proc rw\n"
		"23 1 0:21 / /sys/fs/resctrl rw,relatime shared:9 - resctrl resctrl rw\n";
	const char *more[] = { "L2:0=f" };
	struct spec_intel_rdt s = { .l3_cache_schema = "L3:0=f\nMB:0=10",
				    .mem_bw_schema = "MB:0=20",
				    .schemata = { more, 1 } };
	struct err err = ERR_INIT;
	char **lines;
	size_t n;

	is_str(rdt_mountpoint(&a, mounts), "/sys/fs/resctrl", "rdt: the mount point");
	is_int(rdt_lines(&a, &s, &lines, &n, &err), 0, "rdt: lines");
	ok(n == 3 && !strcmp(lines[0], "L3:0=f\n") && !strcmp(lines[1], "MB:0=20\n") &&
		   !strcmp(lines[2], "L2:0=f\n"),
	   "rdt: memBwSchema wins over a line among the caches");
	s.mem_bw_schema = "MB:0=20\nL3:0=1";
	ok(rdt_lines(&a, &s, &lines, &n, &err) < 0, "rdt: one line is one line");
	ok(rdt_line_is_in("L3:0=f;1=f\n", "    MB:0= 10\n    L3:0=000f;1=000f\n"),
	   "rdt: padding does not matter");
	ok(rdt_line_is_in("MB:0=10\n", "    MB:0= 10\n"), "rdt: nor do blanks");
	ok(!rdt_line_is_in("L3:0=f;1=f\n", "    L3:0=000f;1=00ff\n"), "rdt: digits do");
	ok(!rdt_line_is_in("L3:0=f\n", "    L3:0=f;1=f\n"), "rdt: so does the length");
	ok(!rdt_line_is_in("L3:0=f0\n", "    L3:0=0f\n"), "rdt: and zeroes behind");
	arena_release(&a);
}

static void read_back(int dfd, const char *path, const char *want, const char *what)
{
	struct arena a = ARENA_INIT;
	char *text = NULL;
	size_t len;

	if (fd_read_at(dfd, path, 4096, &a, &text, &len) < 0)
		text = NULL;
	is_str(text, want, what);
	arena_release(&a);
}

static void touch(int dfd, const char *path)
{
	AUTO_FD fd = openat(dfd, path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	(void)fd; /* only its name matters */
}

/* A plain directory stands in: what is tested is which files are written. */
static void test_rdt_groups(void)
{
	char dir[] = "/tmp/test-rdt.XXXXXX";
	AUTO_FD root = -1;
	struct spec_intel_rdt s = { .set = true, .clos_id = "shared" };
	struct err err = ERR_INIT;

	root = mkdtemp(dir) ? open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	ok(root >= 0, "rdt: a stand-in for resctrl");
	ok(rdt_apply_at(root, &s, "c1", 7, &err) == -ENOENT,
	   "rdt: no group and no schema");
	s.clos_id = "../x";
	ok(rdt_apply_at(root, &s, "c1", 7, NULL) == -EINVAL,
	   "rdt: closID is one component");
	s.clos_id = "shared";
	mkdirat(root, "shared", 0700);
	touch(root, "shared/tasks");
	touch(root, "shared/schemata");
	is_int(rdt_apply_at(root, &s, "c1", 7, NULL), 0, "rdt: a group that is there");
	read_back(root, "shared/tasks", "7\n", "rdt: gets the process");
	s.l3_cache_schema = "L3:0=f";
	is_int(rdt_apply_at(root, &s, "c1", 7, NULL), -EEXIST, "rdt: and is not changed");
	is_int(rdt_update_at(root, &s, "c1", NULL), 0, "rdt: but by update");
	read_back(root, "shared/schemata", "L3:0=f\n", "rdt: schema");
	is_int(rdt_apply_at(root, &s, "c1", 8, NULL), 0,
	       "rdt: now it has what is asked for");
	rdt_undo_at(root, &s, "c1", NULL);
	ok(faccessat(root, "shared", F_OK, 0) == 0, "rdt: it stays");
	s.clos_id = NULL;
	s.l3_cache_schema = NULL;
	mkdirat(root, "c2", 0700);
	is_int(rdt_undo_at(root, &s, "c2", NULL), 0,
	       "rdt: a group of the container's own");
	ok(faccessat(root, "c2", F_OK, 0) < 0, "rdt: goes");
	is_int(rdt_undo_at(root, &s, "c2", NULL), 0, "rdt: twice is harmless");
	unlinkat(root, "shared/tasks", 0);
	unlinkat(root, "shared/schemata", 0);
	unlinkat(root, "shared", AT_REMOVEDIR);
	rmdir(dir);
}

int main(void)
{
	test_passwd();
	test_rdt_text();
	test_rdt_groups();
	return done();
}
