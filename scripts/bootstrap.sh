#!/bin/sh
# Runs a script of this repository: sh scripts/bootstrap.sh <script.ts> [arguments]
# Installs the dependencies first when they are not those of package-lock.json. Everything ends in one exec, so that the
# process that npm started is the script itself: a signal sent to npm reaches it.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
node=$root/node_modules/node/bin/node
# Inside node_modules, so that it disappears with what it describes.
stamp=$root/node_modules/.slipway-lock
lock=$(cksum <"$root/package-lock.json")

is_installed() {
  # Another checkout's, linked here on purpose: not ours to replace.
  [ ! -L "$root/node_modules" ] || return 0
  [ -f "$root/node_modules/.package-lock.json" ] || return 1
  [ "$(cat "$stamp" 2>/dev/null || :)" != "$lock" ] || return 0
  # Somebody ran npm by hand after the lock file changed.
  [ -n "$(find "$root/node_modules/.package-lock.json" -newer "$root/package-lock.json")" ]
}

# Without the signal, npm would go on installing for nobody.
install_dependencies() {
  npm ci --no-audit --no-fund >"$1" 2>&1 &
  installer=$!
  trap 'kill -TERM "$installer" 2>/dev/null || :; wait "$installer" || :; exit 143' INT TERM HUP
  wait "$installer"
  status=$?
  trap - INT TERM HUP
  return "$status"
}

if ! is_installed; then
  echo 'Installing dependencies with npm ci (about 30 s, once).' >&2
  output=$(mktemp)
  started=$(date +%s)
  if ! (cd "$root" && install_dependencies "$output"); then
    cat "$output" >&2
    rm -f "$output"
    echo 'npm ci failed; its messages are above.' >&2
    exit 1
  fi
  rm -f "$output"
  echo "Installed in $(($(date +%s) - started)) s." >&2
  [ ! -x "$node" ] || echo "$lock" >"$stamp"
fi

# An image brings its own Node instead of the one among the dependencies.
if [ ! -x "$node" ] && [ "$(node --print 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 24 ]; then
  node=$(command -v node)
fi
if [ ! -x "$node" ]; then
  cat >&2 <<MESSAGE
node_modules/node/bin/node is missing: the install scripts of dependencies did not run, and the one of the package
"node" fetches the Node 24 that runs Slipway. Allow them and install again:
  npm ci --ignore-scripts=false
MESSAGE
  exit 1
fi

# Compiled scripts are kept: processes start faster, and without the compiler they are 20 to 30 MB smaller.
NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$root/node_modules/.cache/node}
export NODE_COMPILE_CACHE
exec "$node" "$@"
