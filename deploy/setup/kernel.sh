#!/usr/bin/env bash
# Builds the kernel (policies/kernel) beside its sources, with a Rust compiler and nothing else. Does nothing where it has done so.
#
# As root, on Debian or Ubuntu, it installs the compiler where there is none. Elsewhere it says what the lack of it costs:
# without the kernel all works, and long lists take longer.
set -u
cd "$(dirname "$0")/../.." || exit 1
export LC_ALL=C # the files in the order in which Python takes them
BUILT=policies/kernel/libkernel.so
STAMP=policies/kernel/libkernel.stamp
# Overflow is an error, also where that takes a little time: all that goes in comes from systems that may send anything.
FLAGS=(--edition 2021 --crate-type cdylib -C opt-level=3 -C overflow-checks=on -C strip=symbols)

COSTS="everything works, but long lists take up to four times as long to mask"

sources() { # the digest by which the kernel is known: Python asks it of the same files
  cat policies/kernel/*.rs | sha256sum | cut -d ' ' -f 1
}

fingerprint() { # what the kernel is made of, and how: not with which compiler, or whoever has another would build it anew
  printf '%s\n' "$(sources)" "${FLAGS[*]}" "$(uname -m)"
}

fresh() {
  [ -r "$STAMP" ] && [ "$(fingerprint)" = "$(cat "$STAMP")" ] && { [ -r "$BUILT" ] || ! type -P rustc >/dev/null; }
}

slower() { # $1 says why
  rm -f "$BUILT"
  echo "$1: $COSTS" >&2
}

fresh && exit 0
if ! mkdir -p build 2>/dev/null || [ ! -w build ] || [ ! -w policies/kernel ]; then
  echo "the kernel is not built, for build or policies/kernel cannot be written to: $COSTS" >&2
  exit 0
fi
if type -P flock >/dev/null; then # two commands started together build it once
  exec 9>build/kernel.lock
  flock 9
  fresh && exit 0
fi
if ! type -P rustc >/dev/null && [ "$(id -u)" -eq 0 ] && type -P apt-get >/dev/null; then
  echo "installing rustc, with which the kernel is built"
  export DEBIAN_FRONTEND=noninteractive
  install() { apt-get -o DPkg::Lock::Timeout=120 install --yes --no-install-recommends rustc; }
  { install || { apt-get update && install; }; } >build/kernel.log 2>&1
fi
if ! type -P rustc >/dev/null; then
  slower "there is no Rust compiler (install rustc, and run \`make venv\` again)"
elif KERNEL_SOURCES=$(sources) rustc "${FLAGS[@]}" -o "$BUILT.$$" policies/kernel/lib.rs >build/kernel.log 2>&1; then
  mv "$BUILT.$$" "$BUILT"
else
  rm -f "$BUILT.$$"
  slower "the Rust compiler cannot build the kernel (build/kernel.log has the details)"
fi
fingerprint >"$STAMP"
exit 0
