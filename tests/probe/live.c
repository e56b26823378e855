/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/probe/live.c - verbs that keep the process alive, end it, or talk with the test
 */
#include "probe.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>

static int live_sleep(int argc, char **argv)
{
	double s = strtod(argv[1], NULL);
	struct timespec t = { .tv_sec = (time_t)s,
			      .tv_nsec = (long)((s - (double)(time_t)s) * 1e9) };

	(void)argc;
	fflush(stdout);
	nanosleep(&t, NULL);
	return 0;
}

/* PID 1 takes no signal that it has no handler for: let SIGTERM and SIGINT end the pause.
 */
static void end_by_signal(int sig)
{
	_exit(128 + sig);
}

static int live_pause(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	fflush(stdout);
	signal(SIGTERM, end_by_signal);
	signal(SIGINT, end_by_signal);
	for (;;) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		sleep(1);
	}
	return 0;
}

static int live_exit(int argc, char **argv)
{
	(void)argc;
	fflush(stdout);
	exit((int)number(argv[1]));
}

/* ignore: nothing but SIGKILL ends it */
static int live_ignore(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (int s = 1; s < 65; s++)
		signal(s, SIG_IGN);
	printf("ready\n");
	fflush(stdout);
	for (;;)
		pause();
	return 0;
}

static volatile sig_atomic_t last_signal;

static void note_signal(int sig)
{
	last_signal = sig;
}

/* trap CODE: says each signal that arrives; SIGTERM ends it with CODE */
static int live_trap(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = note_signal };
	sigset_t all, old;

	(void)argc;
	sigfillset(&all);
	sa.sa_mask = all; /* one signal a wait: none is overwritten by the next */
	sigprocmask(SIG_BLOCK, &all, &old);
	for (int s = 1; s < 65; s++)
		if (s != SIGCHLD)
			sigaction(s, &sa, NULL);
	sigemptyset(&old);
	printf("ready\n");
	for (;;) {
		fflush(stdout);
		last_signal = 0;
		sigsuspend(&old);
		printf("signal=%d\n", (int)last_signal);
		if (last_signal == SIGTERM) {
			fflush(stdout);
			exit((int)number(argv[1]));
		}
	}
}

static int live_kill_self(int argc, char **argv)
{
	pid_t pid;
	int status;

	(void)argc;
	fflush(stdout);
	signal((int)number(argv[1]), SIG_DFL);
	/* PID 1 of a namespace cannot be killed from inside; its child can, and it passes
	 * that on. */
	if (getpid() != 1) {
		raise((int)number(argv[1]));
		pause();
	}
	pid = fork();
	if (pid == 0) {
		raise((int)number(argv[1]));
		_exit(1);
	}
	waitpid(pid, &status, 0);
	exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : 1);
}

static int live_echo(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		printf("%s%s", argv[i], i + 1 < argc ? " " : "\n");
	fflush(stdout);
	return 0;
}

static int live_stderr(int argc, char **argv)
{
	(void)argc;
	fprintf(stderr, "%s\n", argv[1]);
	return 0;
}

/* stdin: copies standard input to standard output until its end */
static int live_stdin(int argc, char **argv)
{
	char buf[4096];
	ssize_t n;

	(void)argc;
	(void)argv;
	fflush(stdout);
	while ((n = read(0, buf, sizeof(buf))) > 0)
		(void)!write(1, buf, (size_t)n);
	return 0;
}

/* wait-file PATH: until the path exists, a minute at most */
static int live_wait_file(int argc, char **argv)
{
	struct timespec t = { .tv_nsec = 5000000 };

	(void)argc;
	fflush(stdout);
	for (int i = 0; i < 12000; i++) {
		if (access(argv[1], F_OK) == 0)
			return 0;
		nanosleep(&t, NULL);
	}
	return 1;
}

static int live_tty(int argc, char **argv)
{
	struct winsize w = { 0 };
	char *name;

	(void)argc;
	(void)argv;
	for (int fd = 0; fd < 3; fd++)
		printf("isatty %d=%d\n", fd, isatty(fd));
	name = ttyname(0);
	printf("ttyname=%s\n", name ? name : errno_name(errno));
	if (ioctl(0, TIOCGWINSZ, &w) == 0)
		printf("rows=%d cols=%d\n", w.ws_row, w.ws_col);
	printf("tcsid=%d sid=%d\n", tcgetsid(0), getsid(0));
	answer("devtty", open("/dev/tty", O_RDWR | O_CLOEXEC));
	return 0;
}

/* winch: prints the new size each time the window changes, three times at most */
static int live_winch(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = note_signal };
	struct winsize w;
	sigset_t block, old;

	(void)argc;
	(void)argv;
	/* Blocked but while it waits: one that comes in between is not lost. */
	sigemptyset(&block);
	sigaddset(&block, SIGWINCH);
	sigprocmask(SIG_BLOCK, &block, &old);
	sigaction(SIGWINCH, &sa, NULL);
	printf("ready\n");
	fflush(stdout);
	for (int i = 0; i < 3; i++) {
		sigsuspend(&old);
		ioctl(0, TIOCGWINSZ, &w);
		printf("rows=%d cols=%d\n", w.ws_row, w.ws_col);
		fflush(stdout);
	}
	return 0;
}

/* notify TEXT: one datagram to $NOTIFY_SOCKET */
static int live_notify(int argc, char **argv)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)argc;
	if (!path) {
		printf("notify=unset\n");
		return 0;
	}
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	answer("notify",
	       sendto(s, argv[1], strlen(argv[1]), 0, (struct sockaddr *)&a, sizeof(a)));
	close(s);
	return 0;
}

/* orphans N: N processes of a session of their own that nobody waits for */
static int live_orphans(int argc, char **argv)
{
	(void)argc;
	fflush(stdout);
	for (long i = number(argv[1]); i > 0; i--) {
		if (fork() == 0) {
			setsid();
			if (fork() > 0)
				_exit(0);
			for (;;)
				pause();
		}
	}
	return 0;
}

/* spawn: one child that pauses, its pid on a line */
static int live_spawn(int argc, char **argv)
{
	pid_t pid;

	(void)argc;
	(void)argv;
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	printf("child=%d\n", pid);
	return 0;
}

static int live_spin(int argc, char **argv)
{
	struct timespec now, end;

	(void)argc;
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += number(argv[1]);
	do {
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec);
	return 0;
}

/* true: what a health check or a build step runs */
static int live_true(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static const struct verb verbs[] = {
	{ "sleep", live_sleep, 0, 1 },	  { "pause", live_pause, 0, 0 },
	{ "exit", live_exit, 0, 1 },	  { "ignore", live_ignore, 0, 0 },
	{ "trap", live_trap, 0, 1 },	  { "kill-self", live_kill_self, 0, 1 },
	{ "echo", live_echo, 0, 0 },	  { "stderr", live_stderr, 0, 1 },
	{ "stdin", live_stdin, 0, 0 },	  { "wait-file", live_wait_file, 0, 1 },
	{ "tty", live_tty, 0, 0 },	  { "winch", live_winch, 0, 0 },
	{ "notify", live_notify, 0, 1 },  { "orphans", live_orphans, ACTS, 1 },
	{ "spawn", live_spawn, ACTS, 0 }, { "spin", live_spin, 0, 1 },
	{ "true", live_true, 0, 0 },
};

const struct verb_group live_verbs = { verbs, N_ELEMENTS(verbs) };
