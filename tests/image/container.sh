#!/bin/sh
# Becomes the first process of a container. The caller has given it mounts and processes of its own.
#   ROOT       its root folder            READ_ONLY  1: nobody writes there
#   TMPFS      folders in memory          BINDS      source:target or source:target:ro, one a line
#   NETWORKED  1: it may ask registries with what this machine's clients are set to
#   ROOT_USER  1: it keeps what root may (the steps of a build)
#   IDS        user:group of all others, who may nothing that root may, and can gain nothing
#   HOST       what it is called; Docker calls each by a name of its own
set -eu
[ -z "${HOST:-}" ] || hostname "$HOST"
mount --bind "$ROOT" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount -t tmpfs -o mode=755 tmpfs "$ROOT/dev"
mkdir -m 1777 "$ROOT/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$ROOT/dev/shm"
for device in null zero full random urandom tty; do
    : >"$ROOT/dev/$device"
    mount --bind "/dev/$device" "$ROOT/dev/$device"
done
ln -s /proc/self/fd "$ROOT/dev/fd"
printf '%s\n' "${BINDS:-}" | while IFS=: read -r source target mode; do
    [ -n "$source" ] || continue
    mkdir -p "$(dirname "$ROOT$target")"
    if [ -d "$source" ]; then mkdir -p "$ROOT$target"; else : >>"$ROOT$target"; fi
    mount --bind "$source" "$ROOT$target"
    [ "$mode" != ro ] || mount -o remount,bind,ro "$ROOT$target"
done
for folder in ${TMPFS:-}; do mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$ROOT$folder"; done
[ -z "${READ_ONLY:-}" ] || mount -o remount,bind,ro "$ROOT"
if [ -n "${ROOT_USER:-}" ]; then
    exec chroot "$ROOT" "$@"
fi
exec chroot "$ROOT" setpriv --reuid="${IDS%:*}" --regid="${IDS#*:}" --clear-groups \
    --bounding-set=-all --inh-caps=-all --no-new-privs "$@"
