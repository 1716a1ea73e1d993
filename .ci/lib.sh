# Shared by the scripts of this folder that run the project in a copy of it. Source it after `set -euo pipefail`.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*"; }

fail() {
  say "$*" >&2
  exit 1
}

# Says which of the named programs are missing, all at once.
require_programs() {
  local missing=()
  for program in "$@"; do
    command -v "$program" >/dev/null || missing+=("$program")
  done
  [[ ${#missing[@]} == 0 ]] || fail "$(basename "$0") needs ${missing[*]} on PATH"
}

# Makes terraform and cdktf use stand-ins for the providers: no cloud, no registry, no credentials. STAND_INS is a Terraform
# CLI configuration whose provider installation has them.
use_stand_ins() {
  [[ -f ${STAND_INS:-} ]] || fail "$(basename "$0") needs STAND_INS, a Terraform CLI configuration with stand-ins for the providers"
  require_programs node terraform
  # The stand-ins must not enter the user's own plugin cache: a real deployment would find them there.
  export CDKTF_DISABLE_PLUGIN_CACHE_ENV=1 CHECKPOINT_DISABLE=1 DISABLE_VERSION_CHECK=1 CI=true
  unset TF_PLUGIN_CACHE_DIR
  export TF_CLI_CONFIG_FILE=$STAND_INS
}

# Goes into a copy of the files as they are now, what git ignores left out, so that the checkout's states stay untouched.
# The copy goes when the script ends.
enter_copy() {
  [[ -d $ROOT/node_modules ]] || fail "the packages are not installed: run npm ci first"
  COPY=$(mktemp -d)
  trap 'rm -rf "$COPY"' EXIT
  cd "$ROOT"
  git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    if [[ -e $file ]]; then printf '%s\0' "$file"; fi
  done | tar --create --null --files-from=- | tar --extract --directory="$COPY"
  ln -sfn "$ROOT/node_modules" "$COPY/node_modules"
  cd "$COPY"
}
