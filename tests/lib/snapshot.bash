# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# tests/lib/snapshot.bash - everything on the host that a runtime could leave behind

# snapshot FILE: processes of containers, mounts, cgroups, namespaces, loop devices, files
snapshot() {
	{
		pgrep -fa '^/probe( |$)' | sed 's/^[0-9]* /process /'
		pgrep -x 'agentrun|agentrun-monit|agentrun-gate' | sed 's/.*/process of agentrun/'
		awk '{print "mount " $4 " " $5 " " $9}' /proc/self/mountinfo
		find /sys/fs/cgroup -mindepth 1 -type d 2>/dev/null | grep -E 'agentrun|cycle|inject' | sed 's/^/cgroup /'
		# shellcheck disable=SC2012
		ls -l /proc/[0-9]*/ns/ 2>/dev/null | awk '/->/ {print "namespace " $NF}'
		losetup -a 2>/dev/null | sed 's/^/loop /'
		for d in "$@"; do find "$d" -mindepth 1 2>/dev/null | sed 's/^/file /'; done
		find /run/agentrun /dev/shm /tmp -maxdepth 1 -name '*agentrun*' -newer "$T/start" 2>/dev/null | sed 's/^/file /'
	} | sort -u
}
