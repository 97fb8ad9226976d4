#!/usr/bin/env bash
# Prints the path of a Python that can run Yingbi, and exits 0; or says in one sentence what to install, and exits 1.
#
# A name on the PATH is no proof: a version manager leaves shims for versions it does not have, and Debian packages a
# Python without the part that makes environments. So each candidate is run. The steps are tried in order, and within
# a step one that was built optimised, and of those the newest: the PATH, then `python3`, then the folders of version
# managers, then what uv manages. An optimised one answers a third more requests than one that is not.
set -u

# The versions requirements.lock was resolved for; the free-threaded builds have no wheels of several packages.
PROBE='
import sys, sysconfig
import ensurepip, venv
fits = (3, 12) <= sys.version_info[:2] <= (3, 14) and sys.implementation.name == "cpython"
if not fits or sysconfig.get_config_var("Py_GIL_DISABLED"):
    sys.exit(1)
# Debian and Ubuntu alone have that scheme; they optimise, and do not record it. PGO_PROF_USE_FLAG is always there.
said = " ".join(str(sysconfig.get_config_var(name)) for name in ("CONFIG_ARGS", "PY_CORE_CFLAGS"))
words = "--enable-optimizations", "-fprofile-use", "-fprofile-instr-use"
optimised = "deb_system" in sysconfig.get_scheme_names() or any(word in said for word in words)
# The interpreter itself: not the shim that found it, nor an environment that may be removed.
print("%d%03d%03d%03d" % (optimised, *sys.version_info[:3]), getattr(sys, "_base_executable", None) or sys.executable)
'
VERSION='
import importlib.util, sys
print("%d.%d" % sys.version_info[:2])
whole = all(importlib.util.find_spec(name) for name in ("ensurepip", "venv"))
sys.exit(whole or not (3, 12) <= sys.version_info[:2] <= (3, 14))
'

best() { # prints the path of the best of the given interpreters that fits; 1 where none does
  local found
  found=$(for candidate in "$@"; do
    [ -x "$candidate" ] && "$candidate" -I -c "$PROBE" </dev/null 2>/dev/null
  done | sort -s -r -k 1,1 | head -n 1)
  [ -n "$found" ] && printf '%s\n' "${found#* }"
}

on_path() { # prints every file of that name on the PATH, in its order
  type -aP "$1" 2>/dev/null
}

managed() { # prints the interpreters in the folders of version managers
  local root
  for root in "${PYENV_ROOT:-$HOME/.pyenv}/versions" \
    "${ASDF_DATA_DIR:-$HOME/.asdf}/installs/python" \
    "${MISE_DATA_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/mise}/installs/python"; do
    printf '%s\n' "$root"/*/bin/python3
  done
}

of_uv() { # prints the interpreters that uv has installed; asks no network
  local uv
  for uv in "$(type -P uv)" "$HOME/.local/bin/uv" "$HOME/.cargo/bin/uv"; do
    [ -x "$uv" ] || continue
    for version in 3.14 3.13 3.12; do
      UV_OFFLINE=1 UV_PYTHON_DOWNLOADS=never UV_PYTHON_PREFERENCE=only-managed \
        "$uv" python find --no-project --no-config "$version" 2>/dev/null
    done
  done
}

HOME=${HOME:-/nonexistent}
IFS=$'\n'
set -f # names are split at line ends only, and are no patterns; `managed` alone expands one
# shellcheck disable=SC2046
{
  best $(on_path python3.14; on_path python3.13; on_path python3.12) && exit 0
  best $(on_path python3) && exit 0
  best $(set +f; managed) && exit 0
  best $(of_uv) && exit 0
}

for name in python3.14 python3.13 python3.12 python3; do # what is new enough now lacks a part
  version=$("$name" -I -c "$VERSION" 2>/dev/null) || continue
  echo "Python $version is here but cannot make an environment: install its venv module (on Debian and Ubuntu: apt-get install python$version-venv)" >&2
  exit 1
done
echo "Yingbi needs Python 3.12, 3.13 or 3.14, and none that runs was found: install one (on Debian 13 and Ubuntu 24.04: apt-get install python3 python3-venv; anywhere: uv python install 3.13)" >&2
exit 1
