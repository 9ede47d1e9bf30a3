#!/bin/sh
# Everything that Tracefox needs on this machine: Debian packages, and Python packages into .venv. Run it again at any time: what is there stays.
#   sh setup.sh               what runs the product and the demo
#   sh setup.sh --group dev   and what tests it
set -eu
cd "$(dirname "$0")"
unset VIRTUAL_ENV UV_PROJECT_ENVIRONMENT PYTHONHOME PYTHONPATH
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

# Where the machine has a certificate store, believe it: a company's own authority may be in there.
[ ! -s /etc/ssl/certs/ca-certificates.crt ] || export UV_SYSTEM_CERTS=1

UV_VERSION=0.13.9
began=$(date +%s)
say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# --- what the machine itself must have --------------------------------------------------------------------------------------------------------------
dev="$*" # the groups that were asked for
has_package() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -q '^installed$'; }

newest_python() {
    for name in python3.11 python3.12 python3.13 python3.14 python3; do
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then command -v "$name"; return; fi
    done
}

missing_packages() {
    python=$(newest_python)
    [ -n "$python" ] || echo python3
    [ -x .venv/bin/python ] || { [ -n "$python" ] && "$python" -c 'import ensurepip, venv' 2>/dev/null; } || echo python3-venv
    [ -x "${TRACEFOX_BROWSER:-/usr/lib/chromium/chromium-headless-shell}" ] || echo chromium-headless-shell
    has_package fonts-liberation || echo fonts-liberation
    [ -n "$(ls /usr/lib/*/libatomic.so.1 /usr/lib64/libatomic.so.1 2>/dev/null)" ] || echo libatomic1
    command -v bwrap >/dev/null || echo bubblewrap
    case " $dev " in *" dev "*) [ -x /usr/lib/chromium/chromium ] || echo chromium ;; esac # the recorder is tested in a browser that runs extensions
}

missing=$(missing_packages | tr '\n' ' ' | sed 's/ $//')
if [ -n "$missing" ]; then
    command -v apt-get >/dev/null || fail "This machine lacks: $missing. It is no Debian, so please install them its own way (Chromium: name its binary in TRACEFOX_BROWSER)."
    install="apt-get install --no-install-recommends $missing"
    as_root=""
    if [ "$(id -u)" != 0 ]; then
        if sudo -n true 2>/dev/null; then as_root="sudo -n"; else fail "This machine lacks: $missing. Run this once, then again what you ran:  sudo $install"; fi
    fi
    say "Debian packages: $missing (a minute or two) ..."
    log=$(mktemp)
    { $as_root apt-get -qq update && $as_root env DEBIAN_FRONTEND=noninteractive $install -qq -y; } >"$log" 2>&1 || { tail -n 15 "$log" >&2; fail "$install did not work; its last words are above."; }
    rm -f "$log"
fi

# --- Python packages --------------------------------------------------------------------------------------------------------------------------------
if ! .venv/bin/python -c '' 2>/dev/null; then
    say "Python environment in .venv ..."
    "$(newest_python)" -m venv --clear .venv
fi
if ! .venv/bin/python -m uv --version >/dev/null 2>&1; then
    .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
    .venv/bin/python -m pip install -q "uv==$UV_VERSION" 2>&1 | grep -v "is ignored" >&2 || true
fi
if ! .venv/bin/python -m uv sync -q --frozen --inexact --check "$@" >/dev/null 2>&1; then
    say "Python packages ..."
    .venv/bin/python -m uv sync -q --frozen --inexact "$@"
fi

took=$(($(date +%s) - began))
[ "$took" -lt 2 ] || say "done in $took s"
