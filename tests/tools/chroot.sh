#!/bin/sh
# The fresh-machine test: HEAD, cloned onto a Debian that has only python3, python3-venv, make and ca-certificates.
# There, as root, `make` must give every edition and `make test` pass, and the clone stay clean.
#
#   sudo tests/tools/chroot.sh FOLDER [TARGET...]     FOLDER is made, kept for a next run, and yours to delete
#
# Needs debootstrap and git. The mirror, the certificates and the package index are this machine's own; nothing else
# of it reaches the chroot. Its mounts are in a namespace of their own and go with it.
set -eu

folder=${1:?usage: $0 FOLDER [TARGET...]}
shift
[ $# -gt 0 ] || set -- all test
suite=bookworm
here=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
base=$folder/$suite.tar
root=$folder/root
certificates=${PIP_CERT:-${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}}

if [ ! -f "$base" ]; then
    mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
        sed -nE 's/^URIs: *([^ ]+).*/\1/p; s/^deb (\[[^]]*\] *)?([^ ]+).*/\2/p' | head -n 1)
    rm -rf "$root"
    debootstrap --variant=minbase --include=python3,python3-venv,make,ca-certificates "$suite" "$root" "$mirror"
    tar -C "$root" -cf "$base.new" .
    mv "$base.new" "$base"
fi

rm -rf "$root"
mkdir "$root"
tar -C "$root" -xf "$base"
rm -rf "$root"/var/lib/apt/lists/*
apt-config dump 2>/dev/null | grep -E '^Acquire::(Check|https?)' >"$root/etc/apt/apt.conf.d/99host" || true
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
mkdir -p "$root$(dirname "$certificates")"
cp -L "$certificates" "$root$certificates"
git clone --quiet --no-hardlinks "$here" "$root/root/the clone"

index=$(python3 -m pip config get global.index-url 2>/dev/null || true)
index=${PIP_INDEX_URL:-$index}
# shellcheck disable=SC2016  # the inner shell expands these
unshare --mount --pid --fork env -i \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    PIP_CERT="$certificates" ${index:+PIP_INDEX_URL="$index"} \
    ${PIP_DEFAULT_TIMEOUT:+PIP_DEFAULT_TIMEOUT="$PIP_DEFAULT_TIMEOUT"} \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
    ${no_proxy:+no_proxy="$no_proxy"} \
    sh -euc '
        root=$1; shift
        mount -t proc proc "$root/proc"
        mount -t tmpfs shm "$root/dev/shm"
        mount -t devpts devpts "$root/dev/pts"
        exec chroot "$root" sh -euc "cd \"/root/the clone\"; for target in \"\$@\"; do make \"\$target\"; done" sh "$@"
    ' sh "$root" "$@" </dev/null

changed=$(git -C "$root/root/the clone" status --porcelain)
[ -z "$changed" ] || { echo "the clone is not clean:"; echo "$changed"; exit 1; }
find "$root/root/the clone/build" -maxdepth 1 -type f -exec ls -l {} + 2>/dev/null || true
echo "fresh machine: $* passed"
