#!/usr/bin/env bash
# Installs Chromium, its driver, Chinese fonts, nginx, HAProxy and PostgreSQL, where that can be done unasked: as root, on Debian or
# Ubuntu.
# Elsewhere it changes nothing; the tests that need one of them then say that they were not run.
set -u
cd "$(dirname "$0")/../.." || exit 1

missing=()
type -P chromium >/dev/null || missing+=(chromium)
type -P chromedriver >/dev/null || missing+=(chromium-driver)
[ -n "$(fc-list :lang=zh 2>/dev/null)" ] || dpkg -s fonts-noto-cjk >/dev/null 2>&1 || missing+=(fonts-noto-cjk)
type -P nginx >/dev/null || missing+=(nginx-light)
type -P haproxy >/dev/null || missing+=(haproxy)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
[ ${#missing[@]} -eq 0 ] && exit 0
[ "$(id -u)" -eq 0 ] && type -P apt-get >/dev/null || exit 0

mkdir -p build || exit 1
export DEBIAN_FRONTEND=noninteractive
install() {
  apt-get -o DPkg::Lock::Timeout=120 install --yes --no-install-recommends "${missing[@]}"
}
echo "installing ${missing[*]} for the tests that use them"
{ install || { apt-get update && install; }; } >build/packages.log 2>&1 ||
  echo "cannot install ${missing[*]} (build/packages.log has the details)" >&2
exit 0
