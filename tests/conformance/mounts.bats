#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runtime spec 1.3.0, mounts (checklist B).
load ../lib/common

host_dir() {
	mkdir -p "$T/src"
	echo content >"$T/src/file"
}

@test "spec B destination: mounts appear in the listed order" {
	add_mount /wk tmpfs one
	add_mount /wk/sub tmpfs two
	run_probe mounts
	mount_has /wk 'source=one'
	mount_has /wk/sub 'source=two'
	equal "$(grep -oE '^mount=/wk(/sub)? ' <<<"$output" | tr -d '\n')" 'mount=/wk mount=/wk/sub '
}

@test "spec B destination: a later mount may cover an earlier one" {
	add_mount /wk/sub tmpfs hidden
	add_mount /wk tmpfs top
	run_probe mounts -- ls /wk
	mount_has /wk 'source=top'
	mentions_not '^entry sub'
}

@test "spec B destination: a relative one means below /" {
	add_mount wk tmpfs rel
	run_probe mounts
	mount_has /wk source=rel
}

@test "spec B destination: symlinks of the image are scoped to it" {
	mkdir -p "$T/canary"
	ln -s "$T/canary" "$B/rootfs/link"
	add_mount /link tmpfs scoped
	payload mounts
	run_bundle
	[ -z "$(ls -A "$T/canary")" ]
	never grep -q "$T/canary" /proc/self/mountinfo
	[ "$status" != 0 ] || mentions "^mount=$T/canary .*source=scoped"
}

@test "spec B destination: .. cannot leave the root" {
	add_mount /../../../../../../../escape tmpfs up
	payload mounts
	run_bundle
	[ ! -e /escape ]
	[ "$status" != 0 ] || mount_has /escape source=up
}

@test "spec B destination: missing directories are made, 0755" {
	add_mount /a/b/c tmpfs t mode=711
	run_probe stat /a /a/b /a/b/c
	mentions 'stat /a=dir mode=0755 uid=0 gid=0'
	mentions 'stat /a/b=dir mode=0755'
	mentions 'stat /a/b/c=dir mode=0711'
}

@test "spec B destination: a file is made when a file is bound" {
	host_dir
	add_mount /new/target bind "$T/src/file" bind
	run_probe stat /new/target -- cat /new/target
	mentions 'stat /new/target=file'
	says content
}

@test "spec B destination: the root itself" {
	requires agentrun
	local other=$T/other
	make_bundle "$T/b2"
	mv "$T/b2/rootfs" "$other"
	echo other >"$other/which"
	config --arg o "$other" '.mounts = [{destination: "/", type: "bind", source: $o, options: ["rbind"]}] + .mounts'
	run_probe cat /which
	says other
}

@test "spec B type: bind and none with bind, and absent with bind" {
	host_dir
	add_mount /b1 bind "$T/src" bind
	add_mount /b2 none "$T/src" rbind
	config --arg s "$T/src" '.mounts += [{destination: "/b3", source: $s, options: ["bind"]}]'
	run_probe cat /b1/file /b2/file /b3/file
	equal "$(grep -cx content <<<"$output")" 3
}

@test "spec B type: absent and no bind is an error" {
	config '.mounts += [{destination: "/wk", source: "x"}]'
	run_bundle
	refused
}

@test "spec B type: an unknown file system is an error" {
	add_mount /wk nosuchfs x
	run_bundle
	refused
}

@test "spec B source: a relative one is below the bundle for binds" {
	mkdir "$B/data"
	echo rel >"$B/data/file"
	add_mount /wk bind data rbind
	run_probe cat /wk/file
	says rel
}

@test "spec B source: absent is the type's name" {
	config '.mounts += [{destination: "/wk", type: "tmpfs"}]'
	run_probe mounts
	mount_has /wk fstype=tmpfs
}

@test "spec B source: a missing one is an error" {
	add_mount /wk bind "$T/nowhere" bind
	run_bundle
	refused 'nowhere'
}

# options that show in mountinfo: OPTION REGEX [REGEX that must not be]
flag_option() {
	local opt=$1 want=$2 not=${3-}
	add_mount /wk tmpfs t "$opt"
	run_probe mounts
	[ -z "$want" ] || mount_has /wk "opts=[^ ]*\b$want\b"
	[ -z "$not" ] || mount_has_not /wk "opts=[^ ]*\b$not\b"
}
@test "spec B option ro" { flag_option ro ro; }
@test "spec B option rw" { flag_option rw rw; }
@test "spec B option nosuid" { flag_option nosuid nosuid; }
@test "spec B option suid" { flag_option suid '' nosuid; }
@test "spec B option nodev" { flag_option nodev nodev; }
@test "spec B option dev" { flag_option dev '' nodev; }
@test "spec B option noexec" { flag_option noexec noexec; }
@test "spec B option exec" { flag_option exec '' noexec; }
@test "spec B option noatime" { flag_option noatime noatime; }
@test "spec B option atime" { flag_option atime '' noatime; }
@test "spec B option nodiratime" { flag_option nodiratime nodiratime; }
@test "spec B option diratime" { flag_option diratime '' nodiratime; }
@test "spec B option relatime" { flag_option relatime relatime; }
@test "spec B option norelatime" { flag_option norelatime ''; }
@test "spec B option strictatime" { flag_option strictatime '' 'relatime|noatime'; }
@test "spec B option nostrictatime" { flag_option nostrictatime ''; }
@test "spec B option nosymfollow" { flag_option nosymfollow nosymfollow; }
@test "spec B option symfollow" { flag_option symfollow '' nosymfollow; }
@test "spec B option defaults" { flag_option defaults rw; }
super_option() {
	add_mount /wk tmpfs t "$1"
	run_probe mounts
	[ -z "${2-}" ] || mount_has /wk "super=[^ ]*\b$2\b"
}
@test "spec B option sync" { super_option sync sync; }
@test "spec B option async" { super_option async; }
@test "spec B option dirsync" { super_option dirsync dirsync; }
@test "spec B option lazytime" { super_option lazytime lazytime; }
@test "spec B option nolazytime" { super_option nolazytime; }
@test "spec B option mand and nomand" { super_option nomand; }
@test "spec B option iversion and noiversion" { super_option noiversion; }
@test "spec B option silent" { super_option silent; }
@test "spec B option loud" { super_option loud; }

@test "spec B options: the later one wins" {
	add_mount /wk tmpfs t ro nosuid rw suid noexec exec nodev dev
	run_probe mounts -- write /wk/x
	says 'write=ok'
	mount_has_not /wk 'opts=[^ ]*(nosuid|noexec|nodev)'
}

@test "spec B options: what is not a flag is data of the file system" {
	add_mount /wk tmpfs t size=1m mode=1711 nr_inodes=100
	run_probe mounts -- stat /wk -- statfs /wk
	mount_has /wk 'super=.*size=1024k' 'nr_inodes=100'
	mentions 'stat /wk=dir mode=1711'
}

@test "spec B options: bad data is an error" {
	add_mount /wk tmpfs t size=nonsense
	run_bundle
	refused
}

@test "spec B bind: flags hold on a bind" {
	host_dir
	add_mount /wk bind "$T/src" bind ro nosuid nodev noexec
	run_probe mounts -- write /wk/x
	mount_has /wk 'opts=ro,' nosuid nodev noexec
	says 'write=EROFS'
}

@test "spec B bind: the host's own mount keeps its flags" {
	host_dir
	add_mount /wk bind "$T/src" bind ro
	run_probe true
	touch "$T/src/still-writable"
}

@test "spec B bind: flags that the source has are kept" {
	mkdir "$T/src"
	mount -t tmpfs -o nosuid,nodev,noexec t "$T/src"
	add_mount /wk bind "$T/src" bind ro
	run_probe mounts
	mount_has /wk 'opts=ro,' nosuid nodev noexec
}

@test "spec B bind: file system data on a bind is an error" {
	requires agentrun
	host_dir
	add_mount /wk bind "$T/src" bind size=1m
	run_bundle
	refused
}

@test "spec B bind: rbind brings the submounts, bind does not" {
	mkdir -p "$T/src/sub"
	mount -t tmpfs sub "$T/src/sub"
	touch "$T/src/sub/deep"
	add_mount /r bind "$T/src" rbind
	add_mount /b bind "$T/src" bind
	run_probe stat /r/sub/deep /b/sub/deep
	mentions 'stat /r/sub/deep=file'
	says 'stat /b/sub/deep=ENOENT'
}

# recursive attributes: a bind with a submount, both must change
recursive_option() { # OPTION REGEX-on-opts [REGEX not]
	mkdir "$T/src"
	mount -t tmpfs top "$T/src"
	mkdir "$T/src/sub"
	mount -t tmpfs sub "$T/src/sub"
	mount -o "remount,bind,${3:-rw}" "$T/src/sub"
	mount -o "remount,bind,${3:-rw}" "$T/src"
	add_mount /r bind "$T/src" rbind "$1"
	run_probe mounts
	if [ -n "$2" ]; then
		mount_has /r "opts=[^ ]*\b$2\b"
		mount_has /r/sub "opts=[^ ]*\b$2\b"
	else
		mount_has_not /r/sub "opts=[^ ]*\b$4\b"
	fi
}
@test "spec B option rro" { recursive_option rro ro; }
@test "spec B option rrw" { recursive_option rrw '' ro '^mount=.* opts=ro,'; }
@test "spec B option rnosuid" { recursive_option rnosuid nosuid; }
@test "spec B option rsuid" { recursive_option rsuid '' nosuid nosuid; }
@test "spec B option rnodev" { recursive_option rnodev nodev; }
@test "spec B option rdev" { recursive_option rdev '' nodev nodev; }
@test "spec B option rnoexec" { recursive_option rnoexec noexec; }
@test "spec B option rexec" { recursive_option rexec '' noexec noexec; }
@test "spec B option rnoatime" { recursive_option rnoatime noatime; }
@test "spec B option ratime" { recursive_option ratime '' noatime noatime; }
@test "spec B option rrelatime" { recursive_option rrelatime relatime noatime; }
@test "spec B option rnorelatime" { recursive_option rnorelatime '' rw nosuchflag; }
@test "spec B option rstrictatime" { recursive_option rstrictatime '' relatime relatime; }
@test "spec B option rnostrictatime" { recursive_option rnostrictatime '' rw nosuchflag; }
@test "spec B option rnodiratime" { recursive_option rnodiratime nodiratime; }
@test "spec B option rdiratime" { recursive_option rdiratime '' nodiratime nodiratime; }
@test "spec B option rnosymfollow" { recursive_option rnosymfollow nosymfollow; }
@test "spec B option rsymfollow" { recursive_option rsymfollow '' nosymfollow nosymfollow; }

@test "spec B rro: the submount cannot be written, with ro alone it can" {
	mkdir -p "$T/src/sub"
	mount -t tmpfs sub "$T/src/sub"
	add_mount /rro bind "$T/src" rbind rro
	add_mount /ro bind "$T/src" rbind ro
	run_probe write /rro/sub/x -- echo between -- write /ro/sub/x
	equal "$(head -1 <<<"$output")" write=EROFS
	equal "$(tail -1 <<<"$output")" write=ok
}

# propagation: the mount's own line
propagation_option() { # OPTION REGEX
	host_dir
	add_mount /p bind "$T/src" rbind "$1"
	run_probe mounts
	mount_has /p "prop=$2"
}
@test "spec B option private" { propagation_option private private; }
@test "spec B option rprivate" { propagation_option rprivate private; }
@test "spec B option shared" { propagation_option shared '.*shared:'; }
@test "spec B option rshared" { propagation_option rshared '.*shared:'; }
@test "spec B option unbindable" { propagation_option unbindable unbindable; }
@test "spec B option runbindable" { propagation_option runbindable unbindable; }
slave_option() {
	mkdir "$T/src"
	mount -t tmpfs t "$T/src"
	mount --make-shared "$T/src"
	add_mount /p bind "$T/src" rbind "$1"
	run_probe mounts
	mount_has /p 'prop=.*master:'
}
@test "spec B option slave" { slave_option slave; }
@test "spec B option rslave" { slave_option rslave; }

@test "spec B propagation: a slave mount sees what the host mounts later" {
	mkdir -p "$T/src"
	mount -t tmpfs t "$T/src"
	mount --make-shared "$T/src"
	mkdir "$T/src/later"
	add_mount /p bind "$T/src" rbind rslave
	launch pause
	mount -t tmpfs late "$T/src/later"
	touch "$T/src/later/seen"
	in_container stat /p/later/seen
	mentions 'stat /p/later/seen=file'
	umount "$T/src/later"
}

@test "spec B propagation: nothing that the container mounts reaches the host" {
	host_dir
	add_mount /p bind "$T/src" rbind
	all_caps
	run_probe mount none /p tmpfs -- mounts
	says 'mount=ok'
	never grep -q "$T/src" /proc/self/mountinfo
}

@test "spec B proc: is mounted, of the container's pid namespace" {
	run_probe mounts -- pids
	mount_has /proc fstype=proc
	equal "$(grep -c '^process ' <<<"$output")" 1
}

@test "spec B proc: /proc may not be a symlink (CVE-2019-19921)" {
	rmdir "$B/rootfs/proc"
	mkdir "$B/rootfs/fake"
	ln -s /fake "$B/rootfs/proc"
	run_bundle
	refused proc
}

@test "spec B sysfs: /sys may not be a symlink" {
	rmdir "$B/rootfs/sys"
	mkdir "$B/rootfs/fake"
	ln -s /fake "$B/rootfs/sys"
	run_bundle
	refused sys
}

@test "spec B proc: other mounts inside /proc are refused" {
	host_dir
	add_mount /proc/sys/kernel bind "$T/src" bind
	run_bundle
	refused
}

@test "spec B proc: the short list that lxcfs uses is allowed" {
	host_dir
	add_mount /proc/uptime bind "$T/src/file" bind
	add_mount /proc/meminfo bind "$T/src/file" bind
	run_probe cat /proc/uptime
	says content
}

@test "spec B sysfs: follows the network namespace" {
	run_probe ls /sys/class/net
	says 'entry lo'
	mentions_not 'entry eth'
}

@test "spec B mqueue: is of the container's ipc namespace" {
	run_probe mounts -- write /dev/mqueue/q
	mount_has /dev/mqueue fstype=mqueue nosuid
}

@test "spec B cgroup v1: one directory for each controller, the container's own" {
	requires cgroup_v1 memory
	add_mount /sys/fs/cgroup cgroup cgroup nosuid noexec nodev relatime ro
	run_probe mounts -- ls /sys/fs/cgroup -- cat /sys/fs/cgroup/memory/cgroup.procs -- write-file /sys/fs/cgroup/memory/cgroup.procs 1
	mount_has /sys/fs/cgroup/memory fstype=cgroup
	says 'entry memory'
	says 1
	says 'write-file=EROFS'
}

@test "spec B cgroup v2: with a cgroup namespace the root is the container's" {
	requires cgroup_v2
	with_ns cgroup
	add_mount /sys/fs/cgroup cgroup cgroup nosuid noexec nodev relatime ro
	run_probe mounts -- cat /sys/fs/cgroup/cgroup.procs -- cgroup
	mount_has /sys/fs/cgroup fstype=cgroup2 'root=/ '
	says 1
	says 'cgroup 0::/'
}

@test "spec B cgroup: without a cgroup namespace only the container's own part is there" {
	add_mount /sys/fs/cgroup cgroup cgroup nosuid noexec nodev relatime ro
	payload cat /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/pids/cgroup.procs
	run_bundle
	assert_status 0
	says 1
}

@test "spec B tmpfs: takes the mode of the directory that it covers" {
	chmod 1777 "$B/rootfs/wk"
	add_mount /wk tmpfs t
	run_probe stat /wk
	mentions 'stat /wk=dir mode=1777'
}

@test "spec B tmpfs: /dev/shm keeps 1777" {
	run_probe stat /dev/shm
	mentions 'stat /dev/shm=dir mode=1777'
}

@test "spec B option tmpcopyup: the covered tree is copied" {
	mkdir -p "$B/rootfs/wk/d"
	echo data >"$B/rootfs/wk/d/f"
	chmod 640 "$B/rootfs/wk/d/f"
	chown 7:8 "$B/rootfs/wk/d/f"
	ln -s /etc "$B/rootfs/wk/l"
	all_caps
	add_mount /wk tmpfs tmpfs tmpcopyup
	run_probe cat /wk/d/f -- stat /wk/d/f /wk/l -- write /wk/d/f new
	says data
	mentions 'stat /wk/d/f=file mode=0640 uid=7 gid=8'
	mentions 'stat /wk/l=link'
	equal "$(cat "$B/rootfs/wk/d/f")" data
}

@test "spec B option tmpcopyup: a link does not lead the copy to the host" {
	echo secret >"$T/secret"
	ln -s "$T/secret" "$B/rootfs/wk/leak"
	add_mount /wk tmpfs tmpfs tmpcopyup
	run_probe cat /wk/leak -- ls /wk
	mentions_not secret
}

@test "spec B devpts: a new instance, ptmx usable" {
	run_probe mounts -- stat /dev/pts/ptmx /dev/ptmx -- open /dev/ptmx rw
	mount_has /dev/pts fstype=devpts nosuid noexec
	mentions 'stat /dev/ptmx=link .*target=(/dev/)?pts/ptmx'
	says 'open=ok'
}

@test "spec B uidMappings: an idmapped bind" {
	host_dir
	chown 1000:1000 "$T/src/file"
	user_ns
	config --arg s "$T/src" '.mounts += [{destination: "/m", type: "bind", source: $s, options: ["rbind"],
		uidMappings: [{containerID: 1000, hostID: 100005, size: 1}],
		gidMappings: [{containerID: 1000, hostID: 100006, size: 1}]}]'
	run_probe stat /m/file
	mentions 'stat /m/file=file .* uid=5 gid=6 '
}

@test "spec B uidMappings: only one of the two is an error" {
	host_dir
	user_ns
	config --arg s "$T/src" '.mounts += [{destination: "/m", type: "bind", source: $s, options: ["bind"],
		uidMappings: [{containerID: 0, hostID: 100000, size: 1}]}]'
	run_bundle
	refused
}

@test "spec B option idmap: takes the mappings of the user namespace" {
	host_dir
	user_ns
	config --arg s "$T/src" '.mounts += [{destination: "/m", type: "bind", source: $s, options: ["bind", "idmap"]}]'
	run_probe stat /m/file
	mentions 'stat /m/file=file .* uid=0 gid=0 '
}

@test "spec B option ridmap: reaches submounts" {
	mkdir -p "$T/src/sub"
	mount -t tmpfs sub "$T/src/sub"
	touch "$T/src/sub/deep"
	user_ns
	config --arg s "$T/src" '.mounts += [{destination: "/m", type: "bind", source: $s, options: ["rbind", "ridmap"]}]'
	run_probe stat /m/sub/deep
	mentions 'stat /m/sub/deep=file .* uid=0 gid=0 '
}

@test "spec B option idmap: without a user namespace is an error" {
	host_dir
	config --arg s "$T/src" '.mounts += [{destination: "/m", type: "bind", source: $s, options: ["bind", "idmap"]}]'
	run_bundle
	refused
}

@test "spec B user namespace: a source that only the host's root may read" {
	host_dir
	chmod 700 "$T/src"
	chmod 755 "$T"
	mkdir -m 700 "$T/closed"
	mkdir "$T/closed/in"
	chmod 777 "$T/closed/in"
	user_ns
	add_mount /m bind "$T/closed/in" bind
	run_probe write /m/x
	says 'write=ok'
}

@test "spec B mounts of the host are not in the container" {
	run_probe mounts
	mentions_not "^mount=$T"
	mentions_not '^mount=/var'
	mentions_not 'fstype=cgroup'
	equal "$(grep -c '^mount=/ ' <<<"$output")" 1
}
