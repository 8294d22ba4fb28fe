#!/usr/bin/env bash
# An EU-DCC verifier that nobody here wrote, for the tests of certificates (Node.js). Without it those tests say why they are
# skipped. It is never part of the product.
set -uo pipefail
cd "$(dirname "$0")/../tests/casework/certificates/verifier" || exit 0
if ! command -v npm >/dev/null 2>&1; then
  echo "No npm found: the tests with an independent verifier of certificates will be skipped (install Node.js)."
  exit 0
fi
sum=$(cat package-lock.json | cksum)
[ -f node_modules/.lock ] && [ "$(cat node_modules/.lock)" = "$sum" ] && exit 0
echo "Installing the independent verifier of certificates ..."
if npm ci --omit=optional --silent >/dev/null 2>&1; then
  printf '%s' "$sum" > node_modules/.lock
else
  rm -rf node_modules
  echo "It could not be installed: its tests will be skipped."
fi
exit 0
