#!/usr/bin/env bash
# Runs in the container of an Azure deployment script, which has signed in with the script's own identity. Has the cluster fetch and apply
# the manifest of Rancher's agent, by AKS's run command: apply-agent.sh, below, is what runs inside. Tries again while what is in the way
# can pass: roles that have not arrived, a cluster that is being changed, nodes that are being made, a Rancher that restarts.
#
#   CLUSTER_ID        resource id of the AKS cluster
#   MANIFEST_URL      where Rancher serves the manifest; holds the registration token, and must not be printed
#   REGISTRATION      changes when the agent is to be applied anew
#   CA_CERTIFICATES   certificates to verify Rancher's with, in base64; unset: the public authorities
#   CA_CHECKSUM       their checksum, as agents are told it
#   BUDGET_SECONDS    after which no further attempt is made
#
# Nothing but the last line of a failure goes to stderr: why, and what to do. Azure and Terraform show it. The script's outputs say the same.
set -euo pipefail
umask 077
# Nothing of what az sends may be kept or sent elsewhere, and nothing may ask.
export AZURE_CORE_ONLY_SHOW_ERRORS=true AZURE_CORE_NO_COLOR=true AZURE_CORE_COLLECT_TELEMETRY=false
export AZURE_LOGGING_ENABLE_LOG_FILE=false AZURE_EXTENSION_USE_DYNAMIC_INSTALL=no
exec </dev/null
# az needs no more of its environment than it has without these.
export -n MANIFEST_URL CA_CERTIFICATES

FIRST_WAIT_SECONDS=15
LONGEST_WAIT_SECONDS=60

IFS=/ read -r _ _ subscription _ group _ _ _ cluster <<<"${CLUSTER_ID:?}"

# --- Words ---

# What must not be printed.
secrets=()

# Text without the token and what holds it, on one line and of a bearable length.
plain() {
  local text=$1 secret
  text=${text//[$'\n\r\t']/ }
  for secret in ${secrets[@]+"${secrets[@]}"}; do text=${text//"$secret"/***}; done
  printf '%s' "${text:0:900}"
}

elapsed() { echo $(($(date +%s) - started)); }

say() { printf '[%4d s] %s\n' "$(elapsed)" "$(plain "$1")"; }

json_text() {
  local text
  text=$(plain "$1")
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  printf '"%s"' "${text//[[:cntrl:]]/ }"
}

# What people and programs find in the script's outputs.
#
#   write_outputs <outcome> <message>
write_outputs() {
  printf '{"outcome":%s,"cluster":%s,"message":%s}\n' "$(json_text "$1")" "$(json_text "$cluster")" "$(json_text "$2")" \
    >"${AZ_SCRIPTS_OUTPUT_PATH:?}"
}

explained=
# fail <reason> <remedy>
fail() {
  explained=yes
  write_outputs failed "$1. $2."
  printf '%s\n' "$(plain "Rancher's agent has not joined from the cluster $cluster: $1. $2.")" >&2
  exit 1
}

folder=$(mktemp -d)
finish() {
  local status=$?
  rm -rf "$folder"
  if [[ $status != 0 && -z $explained ]]; then
    fail "the script itself ended unexpectedly, with status $status" 'Look at its log, and report it'
  fi
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
started=$(date +%s)

# --- What goes into the cluster ---

# The file's name is `<token>_<id of the cluster in Rancher>.yaml`.
if [[ ! $MANIFEST_URL =~ ^https://[^/]+/[^_]*/(([a-z0-9]{16,})_[^/]+)\.yaml$ ]]; then
  fail 'Rancher gave no HTTPS address of a manifest' "Write Rancher's address in its setting server-url"
fi
token=${BASH_REMATCH[2]}
secrets=("${BASH_REMATCH[1]}" "$token" "$(printf '%s' "$token" | base64 | tr -d '\n')")

cd "$folder"
cat >apply-agent.sh <<'APPLY_AGENT'
@APPLY_AGENT@
APPLY_AGENT
printf '%s' "$MANIFEST_URL" >manifest-url
files=(--file apply-agent.sh --file manifest-url)
if [[ -n ${CA_CERTIFICATES:-} ]]; then
  base64 -d <<<"$CA_CERTIFICATES" >ca.pem
  files+=(--file ca.pem)
fi

# --- One attempt: sets verdict, trouble, reason and remedy as apply-agent.sh does ---

conclude() {
  verdict=$1 trouble=$2 reason=$3 remedy=$4
}

# What az or the run command complains of.
explain_azure() {
  # The line that begins so says it all. What stands before are warnings, and what follows repeats it or tells more than it should.
  local said=${1#*ERROR: }
  said=${said%%$'\n'*}
  case $1 in
    *AuthorizationFailed* | *'does not have authorization'* | *Forbidden* | *forbidden*)
      conclude again role "the script's identity may not run commands in the cluster yet ($said)" \
        'Roles take minutes to arrive; if it stays so, look whether the role assignments of this stack exist' ;;
    *'az login'* | *'Failed to connect to MSI'* | *'Managed Identity'*)
      conclude again sign-in "the script's identity is not signed in ($said)" \
        'A new identity takes minutes to arrive; if it stays so, apply again' ;;
    *MissingAADClusterToken*)
      conclude stop token "Azure CLI sent no token for the cluster's API server ($said)" \
        'The cluster must use AKS-managed Microsoft Entra integration: migrate it from the legacy one' ;;
    *RunCommandDisabled* | *'run command is disabled'* | *'Run command is disabled'*)
      run_command_is_off ;;
    *'denied the request'*)
      conclude stop policy "a policy of the cluster refuses the run command's pod ($said)" \
        'Exempt the namespace aks-command from that policy' ;;
    *KubernetesPerformanceError* | *KubernetesOperationError* | *"invalid status 'Not Found'"*)
      conclude again node "no node took the run command's pod within Azure's minute ($said)" \
        'Give the cluster a pool of at least one node without taints that is no spot pool, with half a CPU and 500 MiB to spare' ;;
    *OperationNotAllowed* | *'in progress'* | *Conflict*)
      conclude again busy "the cluster is being changed ($said)" 'Wait until that has ended, and apply again' ;;
    *ResourceNotFound* | *ResourceGroupNotFound* | *SubscriptionNotFound*)
      conclude stop gone "Azure knows no such cluster ($said)" 'Apply the stack that makes it first' ;;
    *) conclude again azure "Azure refused the run command ($said)" 'Look at the health of the cluster in Azure' ;;
  esac
}

run_command_is_off() {
  conclude stop off 'the run command is switched off in the cluster' \
    'Switch it on (run_command_enabled), or register the cluster with agent "manual"'
}

# The state of the cluster, which is also where a role that has not arrived shows.
look_at_cluster() {
  local answer power state disabled
  if ! answer=$(az aks show --subscription "$subscription" --resource-group "$group" --name "$cluster" --output tsv \
    --query '[powerState.code, provisioningState, apiServerAccessProfile.disableRunCommand]' 2>errors); then
    explain_azure "$(<errors)"
    return 1
  fi
  { read -r power && read -r state && read -r disabled; } <<<"$answer"
  if [[ $power == Stopped ]]; then
    conclude stop stopped 'the cluster is stopped' "Start it (az aks start), and apply again"
    return 1
  elif [[ $disabled == true ]]; then
    run_command_is_off
    return 1
  fi
  [[ $state == Succeeded ]] || say "the cluster is in the state $state"
}

attempt() {
  look_at_cluster || return 0
  local answer state status logs result='' line
  # With an output format az returns what the command's result is; without one it prints words and hides the exit status.
  if ! answer=$(az aks command invoke --subscription "$subscription" --resource-group "$group" --name "$cluster" \
    --command "sh apply-agent.sh $REGISTRATION ${CA_CHECKSUM:-}" "${files[@]}" \
    --output tsv --query '[provisioningState, exitCode, reason, logs]' 2>errors); then
    explain_azure "$(<errors)"
    return 0
  fi
  {
    read -r state || true
    read -r status || true
    logs=$(cat)
  } <<<"$answer"
  while IFS= read -r line; do
    case $line in
      'RESULT|'*) result=$line ;;
      None | '') ;;
      *) say "  $line" ;;
    esac
  done <<<"$logs"
  if [[ $state == Failed ]]; then
    explain_azure "$logs"
  elif [[ -n $result ]]; then
    IFS='|' read -r _ verdict trouble reason remedy <<<"$result"
    if [[ ($verdict == joined || $verdict == unchanged) && $status != 0 ]]; then
      conclude again command "the command ended with status $status after it said that it was done" 'Look at its log'
    fi
  elif [[ $state != Succeeded ]]; then
    conclude again slow 'the command did not end within the five minutes that az waits' 'Look at the health of the cluster'
  else
    conclude again command "the command ended with status $status and said nothing of its own" 'Look at its log'
  fi
}

# How long one kind of trouble is borne with, in seconds.
patience() {
  case $1 in
    role | busy) echo "${BUDGET_SECONDS:?}" ;;
    node | image | rollout | slow) echo 900 ;;
    rancher | connect | api | command | sign-in) echo 600 ;;
    *) echo 180 ;;
  esac
}

say "registering the cluster $cluster"
seen=
since=0
wait=$FIRST_WAIT_SECONDS
while true; do
  began=$(elapsed)
  attempt
  case $verdict in
    joined | unchanged)
      write_outputs "$verdict" "$reason"
      say "$reason"
      exit 0
      ;;
    stop) fail "$reason" "$remedy" ;;
  esac
  if [[ $trouble != "$seen" ]]; then
    seen=$trouble
    since=$began
    wait=$FIRST_WAIT_SECONDS
  fi
  next=$(($(elapsed) + wait))
  if ((next > ${BUDGET_SECONDS:?} || next - since > $(patience "$trouble"))); then fail "$reason" "$remedy"; fi
  say "$reason; again in $wait s"
  sleep "$wait"
  wait=$((2 * wait > LONGEST_WAIT_SECONDS ? LONGEST_WAIT_SECONDS : 2 * wait))
done
