# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# tests/lib/snapshot.bash - everything on the host that a runtime could leave behind

# snapshot ROOT PATTERN: processes, mounts, cgroups, loop devices and files, one a line.
# A namespace lives by a process or a mount, so those two speak for it. PATTERN is in the
# name of every container's cgroup.
snapshot() {
	{
		pgrep -f -- "$1" | sed 's/^/process /'
		awk '{print "mount " $4 " " $5 " " $9}' /proc/self/mountinfo
		find /sys/fs/cgroup -mindepth 1 -type d -path "*$2*" 2>/dev/null | sed 's/^/cgroup /'
		grep -lE "$2" /proc/[0-9]*/cgroup 2>/dev/null | sed 's/^/process in the cgroup /'
		losetup -a 2>/dev/null | sed 's/^/loop /'
		find "$1" -mindepth 1 2>/dev/null | sed 's/^/file /'
		find /run /tmp /dev/shm -maxdepth 1 -name '*agentrun*' 2>/dev/null | sed 's/^/file /'
	} | sort -u
}
