#!/usr/bin/env bash
# Makes `.venv` hold exactly what requirements.lock says, and Yingbi itself. Does nothing where it does already.
#
# The stamp is written last, so an environment that was left half-made is never trusted: it is made anew.
set -u
cd "$(dirname "$0")/../.." || exit 1
STAMP=.venv/yingbi-stamp

# What the environment depends on: the interpreter, the two files, and the place, which its scripts name.
FINGERPRINT='
import hashlib, pathlib, sys
files = (pathlib.Path(name).read_bytes() for name in ("requirements.lock", "pyproject.toml"))
print(sys.version.split()[0], sys.base_prefix, pathlib.Path.cwd(), *(hashlib.sha256(data).hexdigest() for data in files))
'

fresh() {
  [ -r "$STAMP" ] && [ -x .venv/bin/yingbi ] && [ "$(.venv/bin/python -I -c "$FINGERPRINT" 2>/dev/null)" = "$(cat "$STAMP")" ]
}

give_up() { # $1 says what is wrong; ends with everything half-made removed
  rm -rf .venv
  echo "$1" >&2
  exit 1
}

install() { # runs pip with the given arguments; what it says goes to build/venv.log
  .venv/bin/python -I -m pip --disable-pip-version-check --no-input install --quiet --retries 2 "$@" >>build/venv.log 2>&1 && return
  local why
  case "$(cat build/venv.log)" in
  *"No space left on device"*) why="the disk is full" ;;
  *"DO NOT MATCH THE HASHES"*) why="a package is not the one that requirements.lock names" ;;
  *"Failed to establish a new connection"* | *"NewConnectionError"* | *"NameResolutionError"* | *"ConnectTimeout"* | \
    *"timed out"* | *"ProxyError"* | *"Connection broken"*) why="the package index cannot be reached" ;;
  *) why="the package client failed" ;;
  esac
  give_up "cannot install the packages of requirements.lock: $why (build/venv.log has the details)"
}

fresh && exit 0
mkdir -p build || exit 1
if type -P flock >/dev/null; then # two commands started together set it up once
  exec 9>build/venv.lock
  flock 9
  fresh && exit 0
fi
python=$(deploy/setup/python.sh) || exit 1
trap 'give_up "interrupted: .venv is not set up"' INT TERM HUP
echo "setting up .venv with $python (a minute or two, the first time)"
rm -rf .venv
: >build/venv.log
"$python" -I -m venv .venv >>build/venv.log 2>&1 || give_up "cannot make .venv with $python (build/venv.log has the details)"
install --require-hashes --only-binary :all: --requirement requirements.lock
install --no-build-isolation --no-deps --editable .
.venv/bin/python -I -c "$FINGERPRINT" >"$STAMP"
