#!/bin/sh
# Installs the one system library the renderer needs, or a browser for the tests, where apt-get is at hand
# and they are missing. Says so and goes on where it cannot.
set -u

install() {
    if ! command -v apt-get >/dev/null; then
        echo "note: no apt-get here; install $1 by your system's own means" >&2
        return 0
    fi
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            echo "note: $1 is missing; run: sudo apt-get install $1" >&2
            return 0
        fi
        as_root="sudo"
    fi
    $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq "$1" >/dev/null ||
        echo "note: $1 could not be installed" >&2
}

case "$1" in
library)
    # any LLVM from 17 on will do
    ls /usr/lib/*/libLLVM*.so* /usr/lib/llvm-*/lib/libLLVM*.so* 2>/dev/null |
        grep -Eq 'libLLVM[-.so]*(1[7-9]|[2-9][0-9])' || install libllvm19
    ;;
browser)
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
        command -v google-chrome >/dev/null || install chromium
    ;;
esac
