#!/bin/sh
# Makes the virtual environment named as $1 with the first Python of at least 3.11 that can make one; does nothing if it works already.
set -eu

venv=$1
if "$venv/bin/python" -c 'import pip' 2>/dev/null; then exit 0; fi

without_venv=
for name in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3}; do
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    if ! "$name" -c 'import venv, ensurepip' 2>/dev/null; then
        without_venv=${without_venv:-$name}
        continue
    fi
    echo "make: new environment in $venv, with $("$name" --version)"
    exec "$name" -m venv --clear "$venv"
done

if [ -n "$without_venv" ]; then
    version=$("$without_venv" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "make: Python $version is here, but not its venv module; on Debian and Ubuntu: apt-get install python$version-venv" >&2
else
    echo "make: Python 3.11 or newer is needed, and none was found; on Debian and Ubuntu: apt-get install python3 python3-venv" >&2
    echo "make: if it lies elsewhere: make PYTHON=/path/to/python3.11 ..." >&2
fi
exit 1
