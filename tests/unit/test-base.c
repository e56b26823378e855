/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/test-base.c - files, descriptors, the log, the clock, and other programs */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/log.h"
#include "base/spawn.h"
#include "base/str.h"
#include "tap.h"

static char dir[] = "test-base.XXXXXX";
static int dir_dfd;

static void test_files(void)
{
	AUTO_ARENA a = ARENA_INIT;
	struct stat st;
	size_t len = 0;
	char *text = NULL;

	umask(077);
	ok(fd_write_file_at(dir_dfd, "f", 0644, "one", 3) == 0, "a file is written");
	ok(fd_write_file_at(dir_dfd, "f", 0640, "three", 5) == 0, "and replaced");
	ok(fstatat(dir_dfd, "f", &st, 0) == 0 && (st.st_mode & 07777) == 0640,
	   "with the mode that was asked for, not the umask's");
	ok(fd_read_at(dir_dfd, "f", 5, &a, &text, &len) == 0 && len == 5, "it is read");
	is_str(text, "three", "with its text");
	ok(fd_read_at(dir_dfd, "f", 4, &a, &text, &len) == -EFBIG, "a bound is a bound");
	ok(fd_read_at(dir_dfd, "none", 4, &a, &text, &len) == -ENOENT, "no file");
	ok(symlinkat("f", dir_dfd, "l") == 0 &&
		   fd_read_at(dir_dfd, "l", 9, &a, &text, &len) == -ELOOP,
	   "a symlink is not followed");
	ok(fd_read_at(AT_FDCWD, "/proc/self/status", 1 << 20, &a, &text, &len) == 0 &&
		   strstr(text, "Name:"),
	   "a file that says it has no size");
	ok(fd_write_file_at(dir_dfd, "nodir/f", 0600, "x", 1) < 0, "no such folder");
	ok(mkdirat(dir_dfd, "d", 0700) == 0 &&
		   fd_write_file_at(dir_dfd, "d", 0600, "x", 1) < 0,
	   "a folder is not replaced");
	unlinkat(dir_dfd, "f", 0);
	unlinkat(dir_dfd, "l", 0);
	unlinkat(dir_dfd, "d", AT_REMOVEDIR);
	ok(rmdir(dir) == 0 && mkdir(dir, 0700) == 0, "nothing was left behind");
	close(dir_dfd);
	dir_dfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void test_descriptors(void)
{
	int pair[2], fd = -1, extra = open("/dev/null", O_RDONLY);
	char buf[8];

	ok(fd_cloexec_from(extra) == 0 && (fcntl(extra, F_GETFD) & FD_CLOEXEC),
	   "close-on-exec on all");
	ok(fd_set_cloexec(extra, false) == 0 && !(fcntl(extra, F_GETFD) & FD_CLOEXEC),
	   "and off again");
	ok(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0, "a socket");
	ok(fd_send(pair[0], "abc", 3, extra) == 3, "a message with a descriptor");
	ok(fd_recv(pair[1], buf, sizeof(buf), &fd) == 3 && fd >= 0, "arrives with it");
	ok(fcntl(fd, F_GETFD) & FD_CLOEXEC, "close-on-exec from birth");
	fd_close(&fd);
	ok(fd == -1, "closed");
	ok(fd_send(pair[0], "x", 1, -1) == 1 && fd_recv(pair[1], buf, 8, &fd) == 1 &&
		   fd == -1,
	   "a message without one");
	fd_send(pair[0], "x", 1, extra);
	fd = dup(extra);
	close(fd);
	ok(fd_recv(pair[1], buf, 8, NULL) == 1 && fcntl(fd, F_GETFD) < 0,
	   "one that nobody wants is closed");
	close(pair[0]);
	ok(fd_recv(pair[1], buf, 8, &fd) == 0, "a peer that is gone");
	close(pair[1]);
	close(extra);
}

static int run(struct spawn *s, const char *script, struct strbuf *out, struct err *err)
{
	char sh[] = "sh", c[] = "-c";
	char *text = strdup(script);
	char *argv[] = { sh, c, text, NULL };
	int status = -1, r;

	s->path = "/bin/sh";
	s->argv = argv;
	s->out = out;
	*err = ERR_INIT;
	r = spawn_run(s, &status, err);
	free(text);
	return r < 0 ? r : status;
}

static void test_spawn(void)
{
	AUTO_STRBUF out = STRBUF_INIT;
	struct spawn s = SPAWN_INIT;
	struct err err = ERR_INIT;
	char var[] = "A=1";
	char *env[] = { var, NULL };
	uint64_t start;
	int r;

	s.timeout_ns = 20 * NS_PER_S;
	r = run(&s, "echo out; echo err >&2; exit 3", &out, &err);
	ok(WIFEXITED(r) && WEXITSTATUS(r) == 3, "the exit status");
	is_str(strbuf_str(&out), "out\nerr\n", "stdout and stderr");
	strbuf_release(&out);

	s.env = env;
	run(&s, "env | grep -vE '^(PWD|SHLVL|_)='; pwd", &out, &err);
	is_str(strbuf_str(&out), "A=1\n/\n", "the environment is exact, the folder is /");
	strbuf_release(&out);
	s.env = NULL;

	s.stdin_data = "data";
	s.stdin_len = 4;
	run(&s, "cat; ls /proc/$$/fd | tr '\\n' ' '", &out, &err);
	ok(str_has_prefix(strbuf_str(&out), "data0 1 2 "),
	   "stdin, and no other descriptor");
	strbuf_release(&out);
	s.stdin_data = calloc(1, 1 << 20);
	s.stdin_len = 1 << 20;
	r = run(&s, "exit 0", &out, &err);
	ok(r == 0, "a program that does not read is no error");
	free((char *)(uintptr_t)s.stdin_data);
	s.stdin_data = NULL;
	s.stdin_len = 0;

	s.pass_fd = dir_dfd;
	run(&s, "readlink /proc/$$/fd/3", &out, &err);
	ok(strstr(strbuf_str(&out), "test-base."), "a descriptor as number 3");
	strbuf_release(&out);
	s.pass_fd = -1;

	run(&s, "head -c 100000 /dev/zero | tr '\\0' x; echo end", &out, &err);
	ok(out.len == 4096 && str_has_suffix(out.s, "xend\n"), "the end of long output");
	strbuf_release(&out);

	(void)signal(SIGUSR1, SIG_IGN);
	r = run(&s, "kill -USR1 $$", &out, &err);
	ok(WIFSIGNALED(r) && WTERMSIG(r) == SIGUSR1, "ignored signals are reset");

	s.timeout_ns = NS_PER_S / 5;
	start = clock_boot_ns();
	ok(run(&s, "yes", &out, &err) == -ETIMEDOUT, "one that talks for ever is ended");
	ok(run(&s, "sleep 60 & sleep 60", &out, &err) == -ETIMEDOUT,
	   "one that sleeps, too");
	is_str(err.msg, "'/bin/sh' did not end within its time limit and was killed",
	       "and that is said");
	ok(run(&s, "sleep 5 & exit 4", &out, &err) == 4 << 8, "a daemon holds up nobody");
	ok(clock_boot_ns() - start < 3 * NS_PER_S, "all of it in time");

	s.path = "/nonexistent";
	s.argv = NULL;
	err = ERR_INIT;
	ok(spawn_run(&s, &r, &err) == -ENOENT, "no such program");
	is_str(err.msg, "cannot run '/nonexistent': no such file or directory",
	       "by its name");
	s.path = "sh";
	err = ERR_INIT;
	ok(spawn_run(&s, &r, &err) == -EINVAL, "PATH is not searched");
}

static void test_clock(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} t[] = {
		{ 0, "1970-01-01T00:00:00.000000000Z" },
		{ 951782400ull * NS_PER_S + 5, "2000-02-29T00:00:00.000000005Z" },
		{ 1709251199ull * NS_PER_S, "2024-02-29T23:59:59.000000000Z" },
		{ 4102444800ull * NS_PER_S, "2100-01-01T00:00:00.000000000Z" },
		{ 4107542400ull * NS_PER_S, "2100-03-01T00:00:00.000000000Z" },
		{ UINT64_MAX, "2554-07-21T23:34:33.709551615Z" },
	};
	char buf[40];

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		clock_rfc3339(t[i].ns, buf, sizeof(buf));
		is_str(buf, t[i].text, "RFC 3339");
	}
}

/* stderr of the log goes to a file for a while. */
static void test_log(void)
{
	AUTO_ARENA a = ARENA_INIT;
	struct err e = ERR_INIT, none = ERR_INIT;
	char path[64], err_path[64], *text;
	struct json *doc;
	int saved = dup(2), fd;
	size_t len;

	snprintf(path, sizeof(path), "%s/log", dir);
	snprintf(err_path, sizeof(err_path), "%s/stderr", dir);
	fd = open(err_path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	dup2(fd, 2);
	err_set(&e, -EIO, "bad \"%s\" \xff", "x\\y");
	err_hint(&e, "do this");
	ok(log_open(path, LOG_JSON, LOG_WARNING, &none) == 0, "a log is opened");
	log_debug("not shown");
	log_warning("careful");
	log_error(&e);
	dup2(saved, 2);
	close(saved);
	ok(fd_read_at(dir_dfd, "log", 4096, &a, &text, &len) == 0, "it can be read");
	ok(json_parse(&a, "log", text, len, JSON_STRICT, &doc, &none) == 0 && doc->n == 3,
	   "it is exactly one object of three members");
	is_str(json_get_str(doc, "level"), "error", "its level");
	is_str(json_get_str(doc, "msg"), "bad \"x\\y\" \xef\xbf\xbd",
	       "its message, escaped");
	ok(text[len - 1] == '\n' && strchr(text, '\n') == text + len - 1, "on one line");
	ok(fd_read_at(dir_dfd, "stderr", 4096, &a, &text, &len) == 0, "stderr");
	ok(strstr(text, "careful\n") && strstr(text, "agentrun: bad") &&
		   strstr(text, "\n  hint: do this\n") && !strstr(text, "not shown"),
	   "has the warning, the error, and its hint");
	close(fd);
	ok(log_open("journald:a b", LOG_TEXT, LOG_WARNING, &none) < 0,
	   "a name is one word");
	unlinkat(dir_dfd, "log", 0);
	unlinkat(dir_dfd, "stderr", 0);
}

static void test_arena(void)
{
	struct arena a = ARENA_INIT;
	bool zero = true, aligned = true;

	for (size_t i = 1; i < 3000; i++) {
		char *p = arena_alloc(&a, i);

		for (size_t k = 0; k < i; k++)
			zero = zero && !p[k];
		aligned = aligned && (uintptr_t)p % _Alignof(max_align_t) == 0;
		memset(p, 0xff, i);
	}
	ok(zero && aligned, "memory is zeroed and aligned");
	is_str(arena_printf(&a, "%s-%d", "a", 5), "a-5", "printf");
	is_str(arena_strndup(&a, "abc", 2), "ab", "strndup");
	arena_release(&a);
	arena_release(&a);
	ok(!a.blocks, "released twice");
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	dir_dfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	test_files();
	test_descriptors();
	test_spawn();
	test_clock();
	test_log();
	test_arena();
	close(dir_dfd);
	rmdir(dir);
	return done();
}
