#!/bin/sh
# Does what a new user does on a machine that never saw the project: no ~/.m2, no libfuse2, no fuse3, a fresh clone, and the
# README's two commands (with a smaller cache). With "check" it runs ./check there, too. Needs root, the network and a
# kernel with overlayfs; changes nothing of this machine: all happens in a namespace and in a folder that goes with it.
set -eu

# ---- the machine: this one's system read-only below, everything else empty -----------------------------------------

make_machine() {
    mount --bind "$root" "$root"
    for part in usr etc var; do
        mkdir -p "$root/$part" "$work/changed/$part" "$work/scratch/$part"
        mount -t overlay overlay "$root/$part" \
            -o "lowerdir=/$part,upperdir=$work/changed/$part,workdir=$work/scratch/$part"
    done
    for link in /bin /sbin /lib*; do
        if [ -L "$link" ]; then cp -P "$link" "$root/"; else mkdir "$root/$link" && mount --bind "$link" "$root/$link"; fi
    done
    mkdir -p "$root/proc" "$root/sys" "$root/dev" "$root/run" "$root/mnt" "$root/srv"
    mkdir -m 1777 "$root/tmp"
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount --rbind /dev "$root/dev"
    cat /etc/resolv.conf >"$work/resolv.conf" && mount --bind "$work/resolv.conf" "$(readlink -f "$root/etc/resolv.conf")"
}

# ---- the user ------------------------------------------------------------------------------------------------------

try() {
    export HOME=/root DEBIAN_FRONTEND=noninteractive
    apt-get -y -qq purge libfuse2 fuse3 >/dev/null
    ! command -v fusermount3 && [ ! -e ~/.m2 ]
    cd /root/netcachefs
    cp -a docs /srv/slow
    sed -n 's|^    \(mkdir -p /mnt/fast\)$|\1|p; s|^    \(./netcachefs mount --size\) 20G \(/srv/slow /mnt/fast\)$|\1 256M \2|p' \
        README.md >/tmp/commands
    [ "$(wc -l </tmp/commands)" = 2 ]
    sh -eux /tmp/commands
    diff -r /srv/slow /mnt/fast
    ./netcachefs stat /mnt/fast
    ./netcachefs umount /mnt/fast
    [ "${1:-}" != check ] || ./check
    echo "fresh clone: works"
}

case ${1:-} in
    --inside)
        work=$2
        root=$work/root
        make_machine
        # Not only a chroot, in which no user namespace can be made, as a test does.
        mkdir "$root/old"
        cd "$root"
        pivot_root . old
        exec chroot . sh -c 'umount -l /old && rmdir /old && exec "$0" --try "$1"' \
            /root/netcachefs/test-integration/fresh-clone.sh "${3:-}"
        ;;
    --try) try "${2:-}" ;;
    "" | check)
        work=$(mktemp -d "${TMPDIR:-/tmp}/netcachefs-fresh.XXXXXX")
        trap 'rm -rf --one-file-system "$work"' EXIT
        trap 'exit 8' INT TERM
        mkdir -p "$work/root/root"
        git clone -q "$(dirname "$0")/.." "$work/root/root/netcachefs"
        # What runs in there ends with it.
        unshare --mount --pid --fork --kill-child "$0" --inside "$work" "${1:-}"
        ;;
    *)
        echo "usage: $0 [check]" >&2
        exit 1
        ;;
esac
