#!/bin/sh
# Does what a new user does: clones HEAD into an empty folder and, with an empty Maven repository, runs the README's two
# commands. With --bare it first removes ~/.m2, libfuse2 and fuse3 as on a machine that never saw the project (needs root,
# changes the machine). Leaves nothing mounted and no file behind.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/var/tmp}/netcachefs-fresh.XXXXXX")
mounted=
cleanup() {
    if [ -n "$mounted" ]; then fusermount3 -uz "$mounted" 2>/dev/null || umount -l "$mounted" 2>/dev/null || true; fi
    rm -rf --one-file-system "$work"
}
trap cleanup EXIT
trap 'exit 8' INT TERM

if [ "${1:-}" = --bare ]; then
    apt-get -y remove libfuse2 fuse3
    rm -rf "$HOME/.m2"
fi
git clone -q "$top" "$work/netcachefs"
mkdir "$work/m2" "$work/mountpoint" "$work/upstream"
cp -a "$top/docs" "$work/upstream/" 2>/dev/null || cp -a "$top/pom.xml" "$work/upstream/"
export MAVEN_OPTS="${MAVEN_OPTS:-} -Dmaven.repo.local=$work/m2"

cd "$work/netcachefs"
mounted=$work/mountpoint
./netcachefs mount "$work/upstream" "$work/mountpoint" --size 256M --cache "$work/cache"
diff -r "$work/upstream" "$work/mountpoint"
./netcachefs stat "$work/mountpoint"
./netcachefs umount "$work/mountpoint"
mounted=
echo "fresh clone: works"
