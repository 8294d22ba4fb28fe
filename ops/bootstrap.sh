#!/usr/bin/env bash
# Makes the two environments: `.venv` (the product) and `nlu/.venv` (the engine). Does nothing when they are up to date.
# Usage: ops/bootstrap.sh run|dev|bench (bench: stock Rasa's environment beside them, for the comparison)
set -euo pipefail
cd "$(dirname "$0")/.."

# The machine's own certificates: many offices look into TLS with a certificate of theirs.
export UV_SYSTEM_CERTS=true UV_NATIVE_TLS=true
UV_VERSION=0.13.9
DISK_NEEDED_MB=2500
kind=${1:-run}

say() { printf '%s\n' "$*"; }
die() { printf 'ur-assistant: %s\n' "$*" >&2; exit 1; }

find_uv() {
  if command -v uv >/dev/null 2>&1; then command -v uv; return; fi
  [ -x .tools/bin/uv ] && { say .tools/bin/uv; return; }
  command -v python3 >/dev/null 2>&1 || die "no python3 found: install Python 3.11 or newer"
  say "Installing uv ..." >&2
  { python3 -m venv .tools && .tools/bin/pip install --quiet "uv==$UV_VERSION"; } >&2 \
    || die "uv could not be installed: install it by hand, or check the network and python3-venv"
  say .tools/bin/uv
}

# Prints an interpreter for one of the given versions: on PATH, under pyenv, or fetched by uv.
find_python() {
  local version found
  for version in "$@"; do
    for found in "$(command -v "python$version" || true)" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version".*/bin/python; do
      if [ -x "$found" ] && [ "$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$version" ]; then
        say "$found"; return
      fi
    done
  done
  for version in "$@"; do
    if "$uv" python install --quiet "$version" >/dev/null 2>&1; then "$uv" python find "$version"; return; fi
  done
  return 1
}

# Syncs an environment with a lock when the lock has changed since the last time. A larger lock (dev) also serves `run`.
sync_environment() {
  local venv=$1 lock=$2 fallback=$3; shift 3
  local sum python
  sum=$(cat "$lock" | cksum)
  if [ -f "$venv/.lock" ] && { [ "$(cat "$venv/.lock")" = "$sum" ] || [ "$(cat "$venv/.lock")" = "$(cat "$fallback" | cksum)" ]; }; then
    return
  fi
  if [ ! -x "$venv/bin/python" ]; then
    python=$(find_python "$@") || die "no Python $* found: install one (pyenv install $1, or your system's package) and run again"
    "$uv" venv --quiet --python "$python" "$venv" || die "the environment $venv could not be made"
  fi
  say "Installing $lock into $venv ..."
  "$uv" pip sync --quiet --python "$venv/bin/python" "$lock" || die "installing $lock failed: check the network and the disk, then run again"
  printf '%s' "$sum" > "$venv/.lock"
}

free_mb=$(df -Pm . | awk 'NR==2 {print $4}')
if [ ! -f .venv/.lock ] && [ "$free_mb" -lt "$DISK_NEEDED_MB" ]; then
  die "not enough disk: $free_mb MB free, $DISK_NEEDED_MB MB needed"
fi

uv=$(find_uv)
if [ "$kind" = bench ]; then
  stock=bench/stock/requirements.lock
  [ -f bench/stock/.venv/.lock ] || say "Stock Rasa needs about 2.5 GB of disk."
  sync_environment bench/stock/.venv "$stock" "$stock" 3.10
  exit
fi
if [ "$kind" = dev ]; then
  sync_environment .venv requirements-dev.lock requirements-dev.lock 3.11 3.12 3.13
  sync_environment nlu/.venv nlu/requirements-dev.lock nlu/requirements-dev.lock 3.10
  # Bot API servers for the tests that nobody here wrote. Where one cannot be had, its tests are skipped and say so.
  for server in gramlab:3.13 telemelya:3.12:3.11:3.13; do
    IFS=: read -r name versions <<< "$server"
    lock=tests/e2e/telegram/$name.lock
    # shellcheck disable=SC2086  # one word a version
    ( sync_environment ".emulators/$name" "$lock" "$lock" ${versions//:/ } ) || say "Going on without the emulator $name."
  done
else
  sync_environment .venv requirements.lock requirements-dev.lock 3.11 3.12 3.13
  sync_environment nlu/.venv nlu/requirements.lock nlu/requirements-dev.lock 3.10
fi
PYTHONPATH=. nlu/.venv/bin/python -m nlu.engine.install_lean >/dev/null || die "the engine's environment is broken: remove nlu/.venv and run again"
