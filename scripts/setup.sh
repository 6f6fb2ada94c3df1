#!/bin/sh
# Make a machine ready: system packages for drawing, a virtual environment, the locked Python packages.
# Usage: scripts/setup.sh VENV LOCK [--views | --panels]
# With --views the libraries to draw without a screen are looked for, with --panels those of Qt too.
# Does nothing when all is in place. PYTHON=... chooses the interpreter for a new environment.
set -eu

venv=$1
lock=$2
drawing=${3:-}
cd "$(dirname "$0")/.."

say() {
    echo "setup: $*" >&2
}

stop() {
    say "$*"
    exit 1
}

check_platform() {
    case "$(uname -s)-$(uname -m)" in
        Linux-x86_64 | Darwin-arm64) ;;
        *) stop "no slicer-core package for $(uname -s) on $(uname -m); it exists for Linux on x86_64" \
            "and macOS on Apple silicon" ;;
    esac
}

fits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-python3.12 python3.11 python3 python3.13}; do
        if fits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    stop "needs Python 3.11, 3.12 or 3.13 and found none of: ${PYTHON:-python3.12 python3.11 python3 python3.13};" \
        "install one (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.12)"
}

# Install Debian packages where that is allowed without asking, else say how and stop.
install_packages() {
    why=$1
    shift
    command -v apt-get >/dev/null 2>&1 || stop "$why missing; install what Debian calls: $*"
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true >/dev/null 2>&1 \
            || stop "$why missing; run: sudo apt-get install --no-install-recommends $*"
        as_root=sudo
    fi
    say "$why missing; installing $*"
    $as_root apt-get update -qq >&2
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "$@" >&2 \
        || stop "apt-get could not install: $*"
}

check_drawing() {
    missing=$("$1" scripts/missing_system_packages.py "$drawing")
    if [ -n "$missing" ]; then
        # shellcheck disable=SC2086  # one word per package
        install_packages "system packages for drawing" $missing
    fi
}

make_environment() {
    if ! "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        install_packages "Python's venv module" "python$version-venv"
    fi
    say "making $venv with $("$1" --version)"
    "$1" -m venv --clear "$venv"
}

# The stamp changes with the lock, with the project's metadata and with the place of the working copy.
stamp_name() {
    echo "$venv/.installed-$( (pwd; cat "$lock" pyproject.toml) | cksum | cut -d ' ' -f 1)"
}

install_lock() {
    say "installing $lock into $venv (about 1.5 GB; minutes the first time)"
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock"
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
    rm -f "$venv"/.installed-*
    : >"$(stamp_name)"
}

check_platform
if fits "$venv/bin/python"; then
    python=$venv/bin/python
else
    python=$(find_python)
fi
[ -z "$drawing" ] || check_drawing "$python"
[ "$python" = "$venv/bin/python" ] || make_environment "$python"
[ -f "$(stamp_name)" ] || install_lock
