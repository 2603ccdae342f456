#!/usr/bin/env bash
# Make sure that this machine has what set-up needs from outside Python.
#
#   tools/prerequisites.sh python3          to build and run
#   tools/prerequisites.sh python3 tests    the same, and the C++ tests' header
#
# Root gets the missing Debian packages installed; anybody else is told what to type.
set -euo pipefail
python=${1:?which python}
missing=()

if ! command -v "$python" >/dev/null; then
  missing+=(python3 python3-venv python3-dev)
elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "PyForest needs Python 3.11 or newer; $python is $("$python" -V). Type: make PYTHON=python3.12 setup" >&2
  exit 1
else
  "$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
  "$python" -c 'import os, sys, sysconfig
sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' || missing+=(python3-dev)
fi
command -v "${CXX:-g++}" >/dev/null || missing+=(g++)
if [[ ${2:-} == tests ]] && ! echo '#include <doctest/doctest.h>' | "${CXX:-g++}" -E -x c++ - >/dev/null 2>&1; then
  missing+=(doctest-dev)
fi
[[ ${#missing[@]} -gt 0 ]] || exit 0

if [[ $EUID -eq 0 ]] && command -v apt-get >/dev/null; then
  echo "Installing ${missing[*]}"
  if ! log=$( (apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}") 2>&1); then
    echo "$log" >&2
    exit 1
  fi
else
  echo "This machine lacks: ${missing[*]}. Type: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
