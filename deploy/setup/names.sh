#!/usr/bin/env bash
# Puts what names are recognised with into .venv: the published weights of LAC 2.1.2 (Apache-2.0), which the package
# index has as a source archive. Does nothing where they are.
#
# The archive is unpacked and never installed. The client alone runs its setup script, which wants an older setuptools
# than Python has today; both are held to hashes. Where they cannot be had, names in running text are not recognised,
# and texts in which they would be looked for are hidden instead: this says so, and ends well.
set -u
cd "$(dirname "$0")/../.." || exit 1
PUT=.venv/share/yingbi/lac
KEPT=build/names
ARCHIVE=$KEPT/LAC-2.1.2.tar.gz

fingerprint() { # what the files are made of, and how
  cat deploy/lac_weights.py deploy/setup/names.txt | sha256sum | cut -d ' ' -f 1
}

fresh() {
  [ -r "$PUT/stamp" ] && [ "$(fingerprint)" = "$(cat "$PUT/stamp")" ]
}

without() { # $1 says why
  rm -rf "$PUT"
  echo "names in running text cannot be recognised, and such text will be hidden: $1" >&2
  exit 0
}

client() { # runs pip with the given arguments; what it says goes to build/names/log
  .venv/bin/python -I -m pip --disable-pip-version-check --no-input "$@" >>"$KEPT/log" 2>&1
}

fetch() {
  rm -rf "$KEPT/tools"
  client install --quiet --require-hashes --no-deps --target "$KEPT/tools" --requirement <(grep '^setuptools' deploy/setup/names.txt) &&
    PYTHONPATH=$PWD/$KEPT/tools .venv/bin/python -m pip --disable-pip-version-check --no-input download --quiet \
      --require-hashes --no-binary :all: --no-deps --no-build-isolation --dest "$KEPT" \
      --requirement <(grep '^lac' deploy/setup/names.txt) >>"$KEPT/log" 2>&1
}

fresh && exit 0
mkdir -p "$KEPT" || exit 1
if type -P flock >/dev/null; then # two commands started together fetch it once
  exec 9>"$KEPT/lock"
  flock 9
  fresh && exit 0
fi
[ -x .venv/bin/python ] || without "there is no .venv (run \`make venv\`)"
: >"$KEPT/log"
if [ ! -r "$ARCHIVE" ]; then
  echo "fetching what names are recognised with (62 MiB)"
  fetch || without "the package client cannot fetch it ($KEPT/log has the details; run \`make venv\` again with a network)"
fi
rm -rf "$PUT"
mkdir -p "$PUT" || without "$PUT cannot be written to"
.venv/bin/python -m deploy.lac_weights "$ARCHIVE" "$PUT" >>"$KEPT/log" 2>&1 || {
  rm -f "$ARCHIVE"
  without "what was fetched is not what it should be ($KEPT/log has the details)"
}
fingerprint >"$PUT/stamp"
exit 0
