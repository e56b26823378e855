#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# contrib/quickstart.sh - from a fresh Debian 12 to the first caged agent
#
# Run as root. Installs what is needed to build, builds and installs agentrun below
# /usr/local, makes a Debian root file system with a shell, Python and git, and has Podman
# run a small agent task in it with the class "execute" and a deadline. Then it shows the
# audit of that run, and what is left of it: nothing. May be repeated.
#
#   --no-install   use the agentrun that is installed already
#   --deadline T   how long the agent may run (default 20s)
set -euo pipefail
cd "$(dirname "$0")/.."
DIR=/var/lib/agentrun-quickstart
DEADLINE=20s
install=1
while [ $# -gt 0 ]; do
	case $1 in
	--no-install) install= ;;
	--deadline)
		DEADLINE=$2
		shift
		;;
	*)
		sed -n '3,13s/^# \?//p' "$0"
		exit 2
		;;
	esac
	shift
done
[ "$(id -u)" = 0 ] || { echo "quickstart: must be root: sudo contrib/quickstart.sh" >&2; exit 1; }

step() { printf '\n\033[1m==> %s\033[0m\n' "$*"; }

packages() {
	local p missing=()
	for p in build-essential autoconf automake pkg-config git libseccomp-dev libyajl-dev libcap-dev \
		libselinux1-dev libsystemd-dev linux-libc-dev podman conmon netavark catatonit mmdebstrap jq; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	step "Installing ${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	local apt=(apt-get -o DPkg::Lock::Timeout=600 -qq -y)
	"${apt[@]}" install --no-install-recommends "${missing[@]}" >/dev/null 2>&1 ||
		{ "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}" >/dev/null; }
}

build() {
	step "Building agentrun and installing it below /usr/local"
	[ -x configure ] && [ ! configure.ac -nt configure ] || ./autogen.sh >/dev/null 2>&1
	mkdir -p build-install
	(
		cd build-install
		[ -f Makefile ] || ../configure -q --prefix=/usr/local --sysconfdir=/etc CFLAGS="-O2 -g"
		make -s V=0 -j"$(nproc)" >/dev/null
		make -s install >/dev/null
	)
	/usr/local/bin/agentrun --version | head -1
}

# Podman with a store and a configuration of its own, so that nothing of the host's changes.
# Its default limits need CAP_SYS_RESOURCE, which a container host may not give.
configure_podman() {
	local nofile=16384
	[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge $nofile ] || nofile=$(ulimit -Hn)
	mkdir -p "$DIR"
	cat >"$DIR/containers.conf" <<-X
	[containers]
	default_ulimits = ["nofile=$nofile:$nofile", "nproc=4096:4096"]
	log_driver = "k8s-file"
	[engine]
	cgroup_manager = "cgroupfs"
	events_logger = "file"
	runtime_supports_json = ["agentrun"]
	[engine.runtimes]
	agentrun = ["/usr/local/bin/agentrun"]
	X
	cat >"$DIR/storage.conf" <<-X
	[storage]
	driver = "overlay"
	graphroot = "$DIR/storage"
	runroot = "/run/agentrun-quickstart"
	X
	export CONTAINERS_CONF=$DIR/containers.conf CONTAINERS_STORAGE_CONF=$DIR/storage.conf
}

mirror() {
	apt-get indextargets --format '$(SITE)|$(RELEASE)' 'Created-By: Packages' |
		awk -F'|' '$2 == "bookworm" {print $1; exit}'
}

make_image() {
	podman image exists localhost/agent:latest && return 0
	step "Making a Debian root file system with a shell, Python and git"
	if [ ! -s "$DIR/agent.tar" ]; then
		TMPDIR=$DIR mmdebstrap --quiet --format=tar --variant=minbase --include=python3-minimal,libpython3-stdlib,git \
			bookworm "$DIR/agent.tar.new" "deb $(mirror) bookworm main"
		mv "$DIR/agent.tar.new" "$DIR/agent.tar"
	fi
	podman import -q --change 'ENV PATH=/usr/local/bin:/usr/bin:/bin' --change 'CMD ["/bin/bash"]' \
		"$DIR/agent.tar" localhost/agent:latest >/dev/null
}

make_repository() {
	rm -rf "$DIR/src"
	mkdir -p "$DIR/src"
	cp -r contrib/agent-task/project "$DIR/src/project"
	cp contrib/agent-task/task.py "$DIR/src/task.py"
	(
		cd "$DIR/src/project"
		git init -q -b main
		git add .
		git -c user.name=quickstart -c user.email=quickstart@localhost commit -qm "A project to test"
	)
	chmod -R a+rX "$DIR/src"
}

run_agent() {
	step "Running the agent: podman --runtime agentrun, class execute, deadline $DEADLINE"
	local command=(podman --runtime agentrun run --name agent --rm --network none
		--annotation dev.agentrun.class=execute
		--annotation "dev.agentrun.time.limit=$DEADLINE"
		--annotation dev.agentrun.time.grace=2s
		--annotation "dev.agentrun.task=quickstart: test a repository"
		--volume "$DIR/src:/src:ro" localhost/agent:latest /usr/bin/python3 /src/task.py)
	printf '%q ' "${command[@]}"
	printf '\n\n'
	podman rm -f -t 0 agent >/dev/null 2>&1 || true
	status=0
	"${command[@]}" | tee "$DIR/output" || status=$?
	echo "(the container ended with status $status)"
}

show_audit() {
	step "The audit of that run: agentrun audit show"
	local run
	run=$(agentrun audit show | tail -n 1 | awk '{print $2}')
	agentrun audit show --run "$run"
	step "Is it whole? agentrun audit verify"
	agentrun audit verify
}

judge() {
	step "Verdict"
	local bad=0
	grep -q 'all of that: as it should be' "$DIR/output" || { echo "the cage did not hold as it should"; bad=1; }
	[ "$status" != 0 ] || { echo "the deadline did not end the agent"; bad=1; }
	[ -z "$(podman ps -aq)" ] || { echo "a container is left"; bad=1; }
	[ $bad = 0 ] && echo "The agent did its work, could not leave its cage, and met its deadline."
	return $bad
}

packages
[ -z "$install" ] || build
export PATH=/usr/local/bin:/usr/local/sbin:$PATH
configure_podman
make_image
make_repository
run_agent
show_audit
judge
