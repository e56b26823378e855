# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# tests/lib/requires.bash - what a test needs of the machine
#
# A skip is allowed only if tests/skips lists its word; contrib/test.sh checks that.

requires() {
	local w
	for w in "$@"; do
		"has_$w" || skip "requires $w"
	done
}

bounding_has() { ((0x$(awk '/^CapBnd/{print $2}' /proc/self/status) >> $1 & 1)); }

has_root() { [ "$(id -u)" = 0 ]; }
has_cap_sys_resource() { bounding_has 24; }
has_cgroup_v1() { [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; }
has_cgroup_v2() { [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; }
has_controller() {
	if has_cgroup_v2; then
		grep -qw "$1" /sys/fs/cgroup/cgroup.controllers
	else
		[ -d "/sys/fs/cgroup/$1" ]
	fi
}
has_memory() { has_controller memory; }
has_swap_accounting() { [ -e /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes ]; }
has_cpu() { has_controller cpu; }
has_cpuset() { has_controller cpuset; }
has_pids() { has_controller pids; }
has_blkio() { has_controller blkio || has_controller io; }
has_blkio_weight() { [ -e /sys/fs/cgroup/blkio/blkio.weight ] || [ -e /sys/fs/cgroup/blkio/blkio.bfq.weight ]; }
has_hugetlb() { has_controller hugetlb; }
has_net_cls() { has_controller net_cls; }
has_net_prio() { has_controller net_prio; }
has_rdma() { has_controller rdma; }
has_freezer() { has_cgroup_v2 || has_controller freezer; }
has_rt_group() { [ -e /sys/fs/cgroup/cpu/cpu.rt_runtime_us ]; }
has_cpu_burst() { [ -e /sys/fs/cgroup/cpu/cpu.cfs_burst_us ] || has_cgroup_v2; }
has_selinux() { [ -d /sys/fs/selinux ] && [ -e /sys/fs/selinux/enforce ]; }
has_no_selinux() { ! has_selinux; }
has_no_systemd() { [ ! -d /run/systemd/system ]; }
has_apparmor() { [ -d /sys/kernel/security/apparmor ]; }
has_no_apparmor() { ! has_apparmor; }
has_resctrl() { grep -q ' - resctrl ' /proc/self/mountinfo; }
has_no_resctrl() { ! has_resctrl; }
has_numa() { [ -e /proc/self/numa_maps ]; }
has_two_cpus() { [ "$(nproc)" -ge 2 ]; }
has_timens() { [ -e /proc/self/ns/time ]; }
has_userns() { [ -e /proc/self/ns/user ] && [ "$(cat /proc/sys/user/max_user_namespaces)" -gt 0 ]; }
has_dummy_link() {
	if ip link add ardummy0 type dummy 2>/dev/null; then
		ip link del ardummy0
		return 0
	fi
	return 1
}
has_block_device() { [ -n "$(block_device)" ]; }
block_device() { lsblk -ndo MAJ:MIN 2>/dev/null | awk 'NR==1{print $1}'; }
# what only agentrun promises
has_agentrun() { [ "$RUNTIME_KIND" = agentrun ]; }
