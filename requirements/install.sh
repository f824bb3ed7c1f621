#!/usr/bin/env bash
# Makes the virtual environment from the locked list. Usage: install.sh PYTHON VENV. Running it again changes nothing.
set -euo pipefail
python=$1 venv=$2 here=$(dirname "$0")

fail() { echo "$1" >&2; exit 2; }

command -v "$python" > /dev/null || fail "$python is not there; name a Python 3.10, 3.11 or 3.12: make PYTHON=python3.11."
"$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 13))' ||
  fail "$("$python" -V) cannot be used: TensorFlow 2.19 needs 3.10, 3.11 or 3.12; name one: make PYTHON=python3.11."
[ "$(uname -sm)" = "Linux x86_64" ] ||
  fail "The locked packages are for Linux on x86_64, this is $(uname -sm); pip install -e '.[all]' may work unlocked."

if ! [ -x "$venv/bin/pip" ]; then
  "$python" -m venv "$venv" || fail "$python cannot make a virtual environment; on Debian: apt-get install python3-venv."
fi
# uv installs the list in a tenth of pip's time; where it cannot (a mirror that only pip is told of), pip does.
"$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$here/installer.txt"
locked=(--no-deps --require-hashes -r "$here/lock.txt")
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" "${locked[@]}" ||
  "$venv/bin/pip" install --disable-pip-version-check "${locked[@]}"
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e "$here/.."
