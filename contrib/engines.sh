#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# contrib/engines.sh up|agent-image|in|down - container engines on a bare test machine
#
#   up           install, configure and start Podman (root and rootless), containerd with
#                its CRI, and Docker, all on the runtime under test; make the test images
#   agent-image  a Debian image with a shell, Python and git for Podman
#   in CMD...    run a command in the namespaces of the engines
#   down         stop and remove everything that "up" made but the packages
#
# RUNTIME  the runtime (default: the agentrun of build-test/ or build/)
# RUNTIME_ARGS  its first options (default for agentrun: --class none)
# LAYOUT   what the engines see in /sys/fs/cgroup: legacy (v1 alone), hybrid, unified
#
# It is made for a machine without systemd and without CAP_SYS_RESOURCE. Every daemon and
# bridge lives in one private network namespace, so nothing of the host's network changes,
# and no image is pulled from anywhere. Commands may be repeated.
#
# Programs for the tests are put into /var/tmp/agentrun-engines/bin: podman, podman-user,
# docker, ctr, in-engines.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
DIR=/var/tmp/agentrun-engines
RUN=/run/agentrun-engines
BIN=$DIR/bin
NS=$RUN/ns
ENGINE_USER=agentrun-engine
LAYOUT=${LAYOUT:-legacy}
BUILD=${AGENTRUN_BUILD:-$top/build-test}
[ -x "$BUILD/agentrun" ] || BUILD=$top/build
RUNTIME=${RUNTIME:-$BUILD/agentrun}
if [ -z "${RUNTIME_ARGS+set}" ]; then
	RUNTIME_ARGS=
	[ "$(basename "$RUNTIME")" != agentrun ] || RUNTIME_ARGS="--class none"
fi

PACKAGES="podman conmon netavark aardvark-dns containernetworking-plugins crun slirp4netns
	fuse-overlayfs uidmap iptables nftables catatonit buildah containerd docker.io iproute2 jq
	procps util-linux"

install_packages() {
	local p missing=() guard=
	for p in "$@"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	# the packages must not start daemons of their own
	if [ ! -e /usr/sbin/policy-rc.d ]; then
		printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
		chmod 755 /usr/sbin/policy-rc.d
		guard=1
	fi
	export DEBIAN_FRONTEND=noninteractive
	local apt=(apt-get -o DPkg::Lock::Timeout=600 -qq -y)
	"${apt[@]}" install --no-install-recommends "${missing[@]}" >/dev/null 2>&1 ||
		{ "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}" >/dev/null; }
	[ -z "$guard" ] || rm -f /usr/sbin/policy-rc.d
}

# One network namespace, and one mount namespace for each cgroup layout, kept by bind mounts.
make_namespaces() {
	mkdir -p "$NS" "$RUN/dev"
	mountpoint -q "$NS" || { mount --bind "$NS" "$NS" && mount --make-private "$NS"; }
	if ! mountpoint -q "$NS/net"; then
		: >"$NS/net"
		unshare --net="$NS/net" true
		nsenter --net="$NS/net" ip link set lo up
	fi
	# udev would open these two to everyone; rootless engines need them
	[ -c "$RUN/dev/tun" ] || mknod -m 666 "$RUN/dev/tun" c 10 200
	[ -c "$RUN/dev/fuse" ] || mknod -m 666 "$RUN/dev/fuse" c 10 229
	local l
	for l in legacy hybrid unified; do
		mountpoint -q "$NS/mnt.$l" || make_mount_namespace $l
	done
}

make_mount_namespace() {
	: >"$NS/mnt.$1"
	nsenter --net="$NS/net" unshare --mount="$NS/mnt.$1" --propagation private \
		env AGENTRUN_LAYOUT_INSIDE=1 "$top/tests/lib/with-layout" "$1" /bin/sh -ec '
		for d in net/tun fuse; do
			[ ! -e /dev/$d ] || mount --bind '"$RUN"'/dev/${d##*/} /dev/$d
		done
		mount --make-rshared /' ||
		{ rm -f "$NS/mnt.$1" && [ "$1" = unified ]; }
}

script() { # NAME: an executable from standard input
	cat >"$BIN/$1"
	chmod 755 "$BIN/$1"
}

write_programs() {
	mkdir -p "$BIN"
	chmod 755 "$DIR" "$BIN"
	# a copy: an unprivileged user may not reach the build tree
	cp --remove-destination "$RUNTIME" "$BIN/runtime"
	script agentrun-plain <<-X
	#!/bin/sh
	exec $BIN/runtime $RUNTIME_ARGS "\$@"
	X
	# the same with an operator's word: classes by annotation, and one that is pinned
	mkdir -p "$DIR/class/policies"
	install -m 644 "$top"/policies/{execute,read}.json "$DIR/class/policies/"
	printf '{"policy_dir": "%s", "audit_dir": "%s"}\n' "$DIR/class/policies" \
		"$DIR/class/audit" >"$DIR/class/agentrun.json"
	script agentrun-class <<-X
	#!/bin/sh
	exec $BIN/runtime --config $DIR/class/agentrun.json "\$@"
	X
	script agentrun-execute <<-X
	#!/bin/sh
	exec $BIN/runtime --config $DIR/class/agentrun.json --class execute "\$@"
	X
	script in-engines <<-X
	#!/bin/sh
	exec nsenter --mount=$NS/mnt.\${LAYOUT:-$LAYOUT} --net=$NS/net --wd="\$PWD" "\$@"
	X
	script podman <<-X
	#!/bin/sh
	export CONTAINERS_CONF=$DIR/podman/containers.conf CONTAINERS_STORAGE_CONF=$DIR/podman/storage.conf
	exec $BIN/in-engines podman "\$@"
	X
	script docker <<-X
	#!/bin/sh
	exec $BIN/in-engines $(command -v docker) -H unix://$RUN/docker.sock "\$@"
	X
	script ctr <<-X
	#!/bin/sh
	exec $BIN/in-engines ctr -a $RUN/containerd/containerd.sock "\$@"
	X
	script podman-user <<-X
	#!/bin/sh
	u=\$(id -u $ENGINE_USER)
	exec $BIN/in-engines setpriv --reuid $ENGINE_USER --regid $ENGINE_USER --init-groups --reset-env \\
	  env HOME=/home/$ENGINE_USER USER=$ENGINE_USER XDG_RUNTIME_DIR=/run/user/\$u PATH=/usr/sbin:/usr/bin:/sbin:/bin \\
	  sh -c 'cd && exec podman "\$@"' podman "\$@"
	X
}

podman_configuration() { # FILE OPEN-FILES
	# The bare cgroup2 mount has no pids controller, and Podman asks for a limit by default.
	# Its default ulimits need CAP_SYS_RESOURCE.
	local pids=2048
	[ "$LAYOUT" != unified ] || pids=0
	cat >"$1" <<-X
	[containers]
	pids_limit = $pids
	default_ulimits = ["nofile=$2:$2", "nproc=8192:8192"]
	cgroupns = "private"
	log_driver = "k8s-file"
	dns_servers = ["127.0.0.1"]
	[engine]
	cgroup_manager = "cgroupfs"
	events_logger = "file"
	runtime = "agentrun-plain"
	runtime_supports_json = ["agentrun", "agentrun-plain"]
	runtime_supports_nocgroup = ["agentrun", "agentrun-plain"]
	runtime_supports_nocgroups = ["agentrun", "agentrun-plain"]
	[engine.runtimes]
	agentrun = ["$BIN/agentrun-class"]
	agentrun-plain = ["$BIN/agentrun-plain"]
	agentrun-class = ["$BIN/agentrun-class"]
	[network]
	network_backend = "netavark"
	X
}

configure_podman() {
	local hard=16384
	[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge $hard ] || hard=$(ulimit -Hn)
	mkdir -p "$DIR/podman"
	podman_configuration "$DIR/podman/containers.conf" "$hard"
	cat >"$DIR/podman/storage.conf" <<-X
	[storage]
	driver = "overlay"
	graphroot = "$DIR/podman/graph"
	runroot = "$RUN/podman"
	X
	# --userns=auto takes its ranges from this name
	for f in /etc/subuid /etc/subgid; do
		grep -q '^containers:' $f 2>/dev/null || echo 'containers:2000000:1000000' >>$f
	done
}

configure_user() {
	local f home=/home/$ENGINE_USER u
	id "$ENGINE_USER" >/dev/null 2>&1 || useradd -m -s /bin/bash "$ENGINE_USER"
	for f in /etc/subuid /etc/subgid; do
		grep -q "^$ENGINE_USER:" $f 2>/dev/null || echo "$ENGINE_USER:500000:65536" >>$f
	done
	u=$(id -u "$ENGINE_USER")
	mkdir -p "/run/user/$u" "$home/.config/containers"
	chmod 700 "/run/user/$u"
	podman_configuration "$home/.config/containers/containers.conf" 4096
	printf '[storage]\ndriver = "overlay"\n' >"$home/.config/containers/storage.conf"
	chown -R "$ENGINE_USER:" "/run/user/$u" "$home/.config"
}

configure_daemons() {
	mkdir -p "$DIR/containerd" "$DIR/docker" "$DIR/cni"
	cat >"$DIR/cni/10-agentrun.conflist" <<-X
	{"cniVersion": "0.4.0", "name": "agentrun", "plugins": [
	  {"type": "bridge", "bridge": "agentrun0", "isGateway": true,
	   "ipam": {"type": "host-local", "dataDir": "$RUN/cni", "ranges": [[{"subnet": "10.88.77.0/24"}]]}}]}
	X
	cat >"$DIR/containerd/config.toml" <<-X
	version = 2
	root = "$DIR/containerd/root"
	state = "$RUN/containerd"
	disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
	  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
	  "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]
	[grpc]
	  address = "$RUN/containerd/containerd.sock"
	[plugins."io.containerd.internal.v1.opt"]
	  path = "$DIR/containerd/opt"
	[plugins."io.containerd.grpc.v1.cri"]
	  sandbox_image = "localhost/probe:latest"
	  restrict_oom_score_adj = true
	  disable_apparmor = true
	  [plugins."io.containerd.grpc.v1.cri".cni]
	    bin_dir = "/usr/lib/cni"
	    conf_dir = "$DIR/cni"
	  [plugins."io.containerd.grpc.v1.cri".containerd]
	    snapshotter = "overlayfs"
	    default_runtime_name = "agentrun"
	    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.agentrun]
	      runtime_type = "io.containerd.runc.v2"
	      pod_annotations = ["dev.agentrun.*"]
	      container_annotations = ["dev.agentrun.*"]
	      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.agentrun.options]
	        BinaryName = "$BIN/agentrun-plain"
	X
	cat >"$DIR/docker/daemon.json" <<-X
	{"data-root": "$DIR/docker/data", "exec-root": "$RUN/docker", "pidfile": "$RUN/docker.pid",
	 "hosts": ["unix://$RUN/docker.sock"], "containerd": "$RUN/containerd/containerd.sock",
	 "exec-opts": ["native.cgroupdriver=cgroupfs"], "storage-driver": "overlay2",
	 "oom-score-adjust": 0, "bip": "10.88.78.1/24", "dns": ["127.0.0.1"],
	 "default-runtime": "agentrun",
	 "runtimes": {"agentrun": {"path": "$BIN/agentrun-plain"},
	  "agentrun-execute": {"path": "$BIN/agentrun-execute"}}}
	X
}

alive() { [ -s "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null; }

wait_for() {
	local end=$((SECONDS + 30))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || { echo "engines: waited in vain for: $*" >&2; return 1; }
		sleep 0.1
	done
}

daemon() { # NAME PROGRAM ARG...
	local name=$1
	shift
	alive "$RUN/$name.started" && return 0
	(cd / && exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root setsid "$BIN/in-engines" "$@") \
		>"$DIR/$name/log" 2>&1 </dev/null 3>&- &
	echo $! >"$RUN/$name.started"
}

start_daemons() {
	mkdir -p "$RUN/containerd"
	daemon containerd containerd --config "$DIR/containerd/config.toml"
	wait_for "$BIN/ctr" version
	alive "$RUN/docker.started" || rm -f "$RUN/docker.pid"
	daemon docker dockerd --config-file "$DIR/docker/daemon.json"
	wait_for "$BIN/docker" version
}

stop_daemons() {
	local name pid
	for name in docker containerd; do
		if alive "$RUN/$name.started"; then
			pid=$(cat "$RUN/$name.started")
			kill "$pid" || true
			for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
		fi
		rm -f "$RUN/$name.started"
	done
}

# The root of the tests: the probe, the mark, accounts. Its default is to wait for a signal.
make_probe_image() {
	local root=$DIR/probe tar=$DIR/probe.tar n
	mkdir -p "$root"/{proc,sys,dev,etc,tmp,run,wk}
	chmod 1777 "$root/tmp"
	cp "$BUILD/tests/probe/probe" "$root/probe"
	: >"$root/.agentrun-test-rootfs"
	printf 'root:x:0:0:root:/:/probe\nuser:x:1000:1000:user:/wk:/probe\n' >"$root/etc/passwd"
	printf 'root:x:0:\nuser:x:1000:\n' >"$root/etc/group"
	tar -C "$root" -cf "$tar" .
	local change=(--change 'CMD ["/probe", "pause"]' --change 'ENV PATH=/')
	"$BIN/podman" import -q "${change[@]}" "$tar" localhost/probe:latest >/dev/null
	"$BIN/podman-user" import -q "${change[@]}" - localhost/probe:latest >/dev/null <"$tar"
	rm -f "$DIR/probe.oci"
	"$BIN/podman" save -q --format oci-archive -o "$DIR/probe.oci" localhost/probe:latest >/dev/null
	for n in default k8s.io; do
		"$BIN/ctr" -n $n images import --base-name localhost/probe "$DIR/probe.oci" >/dev/null
	done
	"$BIN/docker" import -c 'CMD ["/probe", "pause"]' -c 'ENV PATH=/' "$tar" probe:latest >/dev/null
}

mirror() {
	apt-get indextargets --format '$(SITE)|$(RELEASE)' 'Created-By: Packages' |
		awk -F'|' '$2 == "bookworm" {print $1; exit}'
}

# A root file system for agents: Debian with a shell, Python and git.
make_agent_image() {
	install_packages mmdebstrap
	if [ ! -s "$DIR/agent.tar" ]; then
		TMPDIR=$DIR mmdebstrap --quiet --format=tar --variant=minbase --include=python3-minimal,git,ca-certificates \
			bookworm "$DIR/agent.tar.new" "deb $(mirror) bookworm main"
		mv "$DIR/agent.tar.new" "$DIR/agent.tar"
	fi
	"$BIN/podman" import -q --change 'CMD ["/bin/bash"]' --change 'ENV PATH=/usr/local/bin:/usr/bin:/bin' \
		"$DIR/agent.tar" localhost/agent:latest >/dev/null
}

up() {
	# shellcheck disable=SC2086
	install_packages $PACKAGES
	make_namespaces
	write_programs
	configure_podman
	configure_user
	configure_daemons
	start_daemons
	make_probe_image
}

down() {
	local m
	if mountpoint -q "$NS/mnt.legacy"; then
		timeout 60 "$BIN/podman" rm -f -a -t 0 >/dev/null 2>&1 || true
		timeout 60 "$BIN/podman-user" rm -f -a -t 0 >/dev/null 2>&1 || true
		# ends the process that keeps the user's namespaces
		timeout 60 "$BIN/podman-user" system migrate >/dev/null 2>&1 || true
		timeout 60 "$BIN/docker" ps -aq 2>/dev/null | xargs -r timeout 60 "$BIN/docker" rm -f >/dev/null 2>&1 || true
	fi
	stop_daemons
	for m in mnt.legacy mnt.hybrid mnt.unified net; do
		if mountpoint -q "$NS/$m"; then umount "$NS/$m"; fi
	done
	if mountpoint -q "$NS"; then umount "$NS"; fi
	rm -rf "$RUN"
	return_controllers
}

# Podman enables controllers for its children of cgroup2; crun refuses a hybrid host so.
return_controllers() {
	local c f=/sys/fs/cgroup/unified/cgroup.subtree_control
	[ -e $f ] || return 0
	for c in $(cat $f); do echo "-$c" >$f 2>/dev/null || true; done
}

command=${1:-help}
shift || true
case $command in
up) up ;;
agent-image) make_agent_image ;;
in) exec "$BIN/in-engines" "$@" ;;
down) down ;;
*)
	sed -n '3,24s/^# \?//p' "$0"
	exit 2
	;;
esac
