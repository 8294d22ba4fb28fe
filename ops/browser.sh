#!/usr/bin/env bash
# A browser for the tests, and an Arabic font for their screenshots. Without them the browser tests say why they are skipped.
set -uo pipefail
have_font() { fc-list :lang=ar 2>/dev/null | grep -q .; }
have_browser() { command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }
have_browser && have_font && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium and an Arabic font for the browser tests ..."
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null 2>&1
  apt-get install -y -qq --no-install-recommends chromium fonts-noto-core fontconfig >/dev/null 2>&1
fi
have_browser || echo "No Chromium found: the browser tests will be skipped (install the package chromium)."
exit 0
