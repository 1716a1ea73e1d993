#!/usr/bin/env bash
# Stands in for Azure CLI, for the two commands that register-agent.sh uses. Runs what `aks command invoke` is given, in a folder with
# the files that it is given and with no environment, as AKS's pod does. What goes wrong is read from $WORLD; a line in a queue there is
# one answer.
set -euo pipefail

log() { printf '%s\n' "$*" >>"$WORLD/calls"; }
spend() { printf '%s\n' "$(($(<"$WORLD/clock") + $1))" >"$WORLD/clock"; }

# Takes the first line of a queue into `head`, or fails.
take() {
  local queue=$WORLD/$1
  [[ -s $queue ]] || return 1
  IFS= read -r head <"$queue"
  tail -n +2 "$queue" >"$queue.rest"
  mv "$queue.rest" "$queue"
}

# The fields that `--query '[a, b.c]'` names, one below the other, as `--output tsv` prints a list.
print_fields() {
  local query=$1 field
  query=${query#[}
  IFS=, read -ra fields <<<"${query%]}"
  for field in "${fields[@]}"; do
    field=${field// /}
    [[ -v "answer[$field]" ]] || { printf 'az.sh knows no field %s\n' "$field" >&2; exit 2; }
    printf '%b\n' "${answer[$field]}"
  done
}

invoke() {
  local command='' files=() folder status
  while (($# > 0)); do
    case $1 in
      --command) command=$2 ;;
      --file) files+=("$2") ;;
    esac
    shift 2
  done
  folder=$(mktemp -d)
  # Files lie side by side, whatever folders they came from.
  cp -- "${files[@]}" "$folder"
  ls "$folder" >"$WORLD/files"
  set +e
  (cd "$folder" && exec env -i PATH="$WORLD/pod" TMPDIR="$WORLD/tmp" sh -c "$command") >"$WORLD/logs" 2>&1
  status=$?
  set -e
  rm -rf "$folder"
  cat "$WORLD/logs" >>"$WORLD/all-logs"
  answer=([provisioningState]=Succeeded [exitCode]=$status [reason]=None [logs]=$(sed 's/\\/\\\\/g' "$WORLD/logs"))
}

log "az $*"
spend 5
action="$1 $2"
[[ $action == 'aks show' ]] || action="$action $3"
declare -A answer
query=
output=
for ((index = 1; index < $#; index++)); do
  next=$((index + 1))
  case ${!index} in
    --query) query=${!next} ;;
    --output) output=${!next} ;;
  esac
done

case $action in
  'aks show')
    if take show-faults; then
      printf '%b\n' "ERROR: $head" >&2
      exit 1
    fi
    power='' state='' disabled=''
    # shellcheck source=/dev/null
    source "$WORLD/cluster"
    answer=([powerState.code]=$power [provisioningState]=$state [apiServerAccessProfile.disableRunCommand]=$disabled)
    ;;
  'aks command invoke')
    shift 3
    if take invoke-faults; then
      spend 60
      printf '%b\n' "ERROR: $head" >&2
      exit 1
    elif take invoke-answers; then
      spend 300
      IFS='|' read -r first second third fourth <<<"$head"
      [[ $first != nothing ]] || exit 0
      answer=([provisioningState]=$first [exitCode]=$second [reason]=$third [logs]=$fourth)
    else
      invoke "$@"
    fi
    ;;
  *)
    printf 'az.sh knows no command %s\n' "$action" >&2
    exit 2
    ;;
esac
if [[ $output != tsv ]]; then
  # What Azure CLI does when nobody asks for a format: words for people, and the exit status of the command is gone.
  printf '\033[32mcommand started at …, finished at … with exitcode=%s\033[0m\n' "${answer[exitCode]:-}"
  exit 0
fi
print_fields "$query"
