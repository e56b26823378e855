#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A small agent task: what a coding agent does all day, and three things it should not do.

It clones the repository that it was given, runs its tests, tries the network and a write
outside of its workspace, and then never ends by itself. Every line that it prints starts
with what it tried; "refused" is the answer that the cage should give.
"""
import os
import socket
import subprocess
import sys
import time

SOURCE = "/src/project"
WORKSPACE = "/workspace"


def say(what, result):
    print(f"agent: {what}: {result}", flush=True)


def run(*command, **options):
    return subprocess.run(command, text=True, capture_output=True, check=False, **options)


def clone():
    done = run("git", "-c", "safe.directory=*", "clone", "-q", SOURCE, f"{WORKSPACE}/project")
    say("clone the repository", "done" if done.returncode == 0 else done.stderr.strip())
    return done.returncode == 0


def run_tests():
    done = run(sys.executable, "-m", "unittest", "-q", cwd=f"{WORKSPACE}/project")
    last = (done.stderr.strip() or "no output").splitlines()
    say("run its tests", f"{last[-1]}, {last[-3] if len(last) > 2 else ''}".strip(", "))
    return done.returncode == 0


def refused(what, action):
    """An attempt that must fail; answers whether it did."""
    try:
        action()
    except OSError as error:
        say(what, f"refused ({error.strerror or error})")
        return True
    say(what, "SUCCEEDED")
    return False


def connect():
    # an address for documentation: nothing answers there
    socket.create_connection(("192.0.2.1", 443), timeout=3).close()


def resolve():
    socket.getaddrinfo("example.com", 443)


def write(path):
    with open(path, "w", encoding="utf-8") as file:
        file.write("was here\n")


def main():
    ok = clone()
    ok = ok and run_tests()
    write(f"{WORKSPACE}/notes.txt")
    say("write in its workspace", "done")
    ok = refused("connect to the network", connect) and ok
    ok = refused("resolve a name", resolve) and ok
    ok = refused("write to /usr/bin", lambda: write("/usr/bin/backdoor")) and ok
    ok = refused("write to the repository it was given", lambda: write(f"{SOURCE}/x")) and ok
    say("all of that", "as it should be" if ok else "NOT as it should be")
    if not ok:
        return 1
    say("wait", "for ever, until the deadline")
    while True:
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
