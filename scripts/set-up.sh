# Installs the locked dependencies, once for each state of the lock file. Sourced by scripts/test and scripts/demo.
command -v npm >/dev/null || { echo "npm is needed: install Node.js (any version from 20 on) and run this again" >&2; exit 1; }
stamp=node_modules/.installed-from
lock=$(cksum package-lock.json)
if [ "$(cat "$stamp" 2>/dev/null)" != "$lock" ]; then
  echo "installing dependencies (about a minute) ..." >&2
  npm ci --loglevel=error >&2
  echo "$lock" >"$stamp"
fi
