#!/usr/bin/env bash
# Stands in for kubectl in the pod of a run command, for what apply-agent.sh asks of it. The cluster is what lies in $WORLD.
set -euo pipefail

printf 'kubectl %s\n' "$*" >>"$WORLD/calls"
spend() { printf '%s\n' "$(($(<"$WORLD/clock") + $1))" >"$WORLD/clock"; }
refuse() {
  printf '%b\n' "$1" >&2
  exit 1
}

# The options of all commands stand before the command.
while [[ $1 == --* ]]; do shift; done
command=$1
shift
option() {
  local name=$1 word
  shift
  for word in "$@"; do
    case $word in "$name="*) printf '%s' "${word#*=}" ;; esac
  done
}

# Nobody but kustomize does without the API server.
if [[ $command != kustomize && -s $WORLD/kube-faults ]]; then
  IFS= read -r fault <"$WORLD/kube-faults"
  tail -n +2 "$WORLD/kube-faults" >"$WORLD/kube-faults.rest"
  mv "$WORLD/kube-faults.rest" "$WORLD/kube-faults"
  if [[ -n $fault ]]; then refuse "$fault"; fi
fi

# What the test has set the agent to.
ready_after='' unschedulable='' waiting='' connects='' exec_fault=''
# shellcheck source=/dev/null
source "$WORLD/agent"

apply() {
  local file=$2 before=$WORLD/applied.yaml verb=created
  if [[ -f $before ]]; then
    verb=unchanged
    cmp -s "$before" "$file" || verb=configured
  fi
  if [[ $verb != unchanged ]]; then
    printf 'x' >>"$WORLD/rollouts"
    printf '%s\n' "$(($(<"$WORLD/clock") + ready_after))" >"$WORLD/ready-at"
  fi
  cp "$file" "$before"
  printf 'x' >>"$WORLD/applies"
  find "$WORLD/tmp" -type f -perm /077 -path '*/tmp.*' >"$WORLD/open-files"
  printf 'namespace/cattle-system %s\ndeployment.apps/cattle-cluster-agent %s\n' "$verb" "$verb"
}

is_ready() { [[ -f $WORLD/ready-at && $(<"$WORLD/clock") -ge $(<"$WORLD/ready-at") ]]; }

rollout_status() {
  local seconds
  [[ -f $WORLD/applied.yaml ]] || refuse 'Error from server (NotFound): deployments.apps "cattle-cluster-agent" not found'
  seconds=$(option --timeout "$@")
  seconds=${seconds%s}
  if ! is_ready && (($(<"$WORLD/ready-at") - $(<"$WORLD/clock") <= seconds)); then cp "$WORLD/ready-at" "$WORLD/clock"; fi
  if ! is_ready; then
    spend "$seconds"
    refuse 'error: timed out waiting for the condition'
  fi
}

get_pods() {
  [[ -f $WORLD/applied.yaml ]] || return 0
  case $* in
    *deletionTimestamp*) printf 'agent-old 2026-11-22T03:00:00Z\nagent-new \n' ;;
    *Unschedulable*) is_ready || printf '\n%s\n' "$unschedulable" ;;
    *waiting*) is_ready || printf '\n%s\n' "$waiting" ;;
    *) refuse "kubectl.sh knows no such pods: $*" ;;
  esac
}

case $command in
  get)
    case $1 in
      namespace) [[ ! -f $WORLD/annotation ]] || cat "$WORLD/annotation" ;;
      pods) get_pods "$@" ;;
    esac
    ;;
  apply) apply "$@" ;;
  rollout) rollout_status "$@" ;;
  annotate)
    spend 1
    printf '%s' "${*: -1}" | cut -d= -f2 >"$WORLD/annotation"
    ;;
  exec)
    # The old pod was connected once.
    [[ $* != *agent-old* ]] || exit 0
    [[ $connects != yes ]] || exit 0
    refuse "${exec_fault:-command terminated with exit code 1}"
    ;;
  logs) cat "$WORLD/agent-log" ;;
  kustomize) exec "$WORLD/kustomize" "$1" ;;
  *) refuse "kubectl.sh knows no command $command" ;;
esac
