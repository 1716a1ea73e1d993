#!/bin/sh
# Runs inside the cluster, in the pod that Azure's run command makes: fetches the manifest of Rancher's agent over verified TLS, looks
# whether agents can work with it, applies it, and waits until the agent is connected. register-agent.sh sends it there and reads
# its last line, `RESULT|<verdict>|<trouble>|<reason>|<remedy>`:
#
#   joined      the manifest was applied and the agent is connected
#   unchanged   this registration was applied before and the agent is connected: nothing was touched
#   again       not yet; what <trouble> names may pass
#   stop        somebody has to do something first
#
#   sh apply-agent.sh <registration> [<checksum of ca.pem>]
#
# Beside it lie `manifest-url`, which holds the registration token, and `ca.pem`, the certificates that Rancher's is verified with where no
# public authority signed it. What is printed can be read again through Azure, so that token must not be in it.
#
# The pod's image is sure to have kubectl and a shell's small companions, and little else: no program is called here without need.
set -uf
umask 077

registration=$1
checksum=${2:-}

NAMESPACE=cattle-system
AGENT=cattle-cluster-agent
CONTAINER=cluster-register
# The namespace's annotation with the registration that was applied last: what Rancher later changes about its agent is not undone.
ANNOTATION=ringfence/registration
# Together less than the five minutes that `az aks command invoke` waits.
REQUEST_SECONDS=20
FETCH_SECONDS=30
ROLLOUT_SECONDS=120
CONNECT_SECONDS=45

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
manifest=$folder/manifest.yaml
errors=$folder/errors
: >"$errors"

url=$(cat manifest-url)
host=${url#https://}
host=${host%%/*}
# The file's name is `<token>_<id of the cluster in Rancher>.yaml`.
file=${url##*/}
file=${file%.yaml}
token=${file%%_*}
encoded=$(printf '%s' "$token" | base64 | tr -d '\n')

# --- Words ---

# Text without the token, on one line and of a bearable length. Lines, tabs and what separates the parts of a result become spaces.
plain() {
  IFS='
	|'
  # shellcheck disable=SC2086
  set -- $1
  IFS=' '
  text=$*
  for secret in "$file" "$token" "$encoded"; do
    rest=$text
    text=
    while :; do
      case $rest in
        *"$secret"*)
          text="$text${rest%%"$secret"*}***"
          rest=${rest#*"$secret"}
          ;;
        *) break ;;
      esac
    done
    text=$text$rest
  done
  printf '%.600s' "$text"
}

say() { printf '%s\n' "$(plain "$1")"; }

# result <verdict> <trouble> <reason> <remedy>
result() {
  printf 'RESULT|%s|%s|%s|%s\n' "$1" "$2" "$(plain "$3")" "$(plain "$4")"
  case $1 in
    joined | unchanged) exit 0 ;;
    again) exit 75 ;;
    *) exit 1 ;;
  esac
}

again() { result again "$@"; }
stop() { result stop "$@"; }

# Whether text holds one of some pieces, in this case of letters.
holds() {
  searched=$1
  shift
  for piece in "$@"; do
    case $searched in *"$piece"*) return 0 ;; esac
  done
  return 1
}

# --- What can be wrong with the API server ---

# refused <what was being done>: ends by what kubectl said.
refused() {
  said=$(cat "$errors")
  if holds "$said" Forbidden forbidden Unauthorized 'must be logged in'; then
    again role "the API server does not let the script's identity $1 ($said)" \
      'Its role Azure Kubernetes Service RBAC Cluster Admin on the cluster takes minutes to arrive; if it stays so, look whether the role assignment exists'
  elif holds "$said" 'denied the request' 'denied by'; then
    stop policy "a policy of the cluster refused to $1 ($said)" \
      'Exempt the namespace cattle-system from that policy'
  fi
  again api "the API server failed to $1 ($said)" 'Look at the health of the cluster in Azure'
}

# --- Fetching ---

tls_refused() {
  if [ -f ca.pem ]; then
    stop tls "the certificate of $host could not be verified with the certificates of rancher.caCertificates ($1)" \
      'Write there what Rancher serves at /cacerts, and nothing else'
  fi
  stop tls "the certificate of $host could not be verified with public authorities ($1)" \
    'If a private authority signed it, write its certificates as rancher.caCertificates; else renew it, or complete its chain'
}

unreachable() {
  again rancher "$host could not be reached from the cluster ($1)" \
    'Look whether the firewall lets the cluster reach that host at port 443, and whether Rancher is up'
}

fetch() {
  say "fetching the manifest from $host"
  # Not every release of the image has curl. kubectl's kustomize fetches over HTTPS as well, but says less when it fails. Either
  # reads the address from a file: other programs on the node can read arguments.
  if command -v curl >/dev/null; then fetch_with_curl; else fetch_with_kubectl; fi
}

fetch_with_curl() {
  mkdir "$folder/no-others"
  {
    printf 'url = "%s"\n' "$url"
    if [ -f ca.pem ]; then printf 'cacert = "ca.pem"\ncapath = "%s"\n' "$folder/no-others"; fi
  } >"$folder/request"
  # Redirects are not followed: they would take the token to somebody else.
  answer=$(curl --disable --config "$folder/request" --silent --show-error --proto '=https' --connect-timeout 10 \
    --max-time "$FETCH_SECONDS" --output "$manifest" --write-out '%{http_code} %{redirect_url}' 2>"$errors")
  status=$?
  case $status in
    0) ;;
    51 | 60 | 77) tls_refused "$(cat "$errors")" ;;
    *) unreachable "$(cat "$errors")" ;;
  esac
  location=${answer#* }
  location=${location#*://}
  case ${answer%% *} in
    200) ;;
    3*)
      stop redirect "$host sends clients on to ${location%%/*}" \
        "Give Rancher's setting server-url, and rancher.url here, the address at which Rancher itself answers"
      ;;
    401 | 403)
      again rancher "$host refuses the cluster's requests (HTTP ${answer%% *})" \
        "Look whether the web ACL's allowlist holds the cluster's egress addresses; it follows its table within minutes"
      ;;
    400 | 404)
      again token "$host has no such manifest (HTTP ${answer%% *})" \
        "Look whether the cluster still stands in Rancher, and apply this stack again, which reads its present token"
      ;;
    *) again rancher "$host answered with HTTP ${answer%% *}" 'Look whether Rancher is up' ;;
  esac
}

fetch_with_kubectl() {
  mkdir "$folder/remote"
  printf 'resources: ["%s"]\n' "$url" >"$folder/remote/kustomization.yaml"
  kubectl=$(command -v kubectl)
  limit=$(command -v timeout) || limit=
  (
    # Exactly these authorities; without a file the image's own.
    if [ -f ca.pem ]; then export SSL_CERT_FILE="$PWD/ca.pem" SSL_CERT_DIR="$folder/remote/none"; fi
    # kustomize follows redirects: one to plain HTTP ends here. And it finds no git, which it would try next.
    export HTTP_PROXY=http://127.0.0.1:9 PATH=/none
    ${limit:+"$limit" "$FETCH_SECONDS"} "$kubectl" kustomize "$folder/remote" >"$manifest" 2>"$errors"
  )
  status=$?
  [ "$status" != 0 ] || return 0
  said=$(cat "$errors")
  [ "$status" != 124 ] || unreachable "no answer within $FETCH_SECONDS s"
  if holds "$said" x509: tls:; then tls_refused "$said"; fi
  if holds "$said" 'git repository' 'HTTP Error'; then
    again rancher "$host answered with an error" \
      "Look whether Rancher is up, and whether the web ACL's allowlist holds the cluster's egress addresses"
  fi
  if holds "$said" 'missing Resource metadata' 'invalid Kustomization' 'yaml: '; then not_a_manifest; fi
  unreachable "$said"
}

# --- Looking into the manifest ---

not_a_manifest() {
  again token "what $host serves at the address of the manifest is none" \
    "Look whether Rancher's setting server-url is the address at which Rancher itself answers"
}

# Sets server, wanted_checksum and strict from the environment that the manifest gives the agent.
read_manifest() {
  server=
  wanted_checksum=
  strict=
  kind=
  name=
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      'kind: Deployment'*) kind=Deployment ;;
      *'- name: '*) name=${line#*- name: } ;;
      *' value: '*)
        value=${line#* value: }
        value=${value#[\"\']}
        value=${value%[\"\']}
        case $name in
          CATTLE_SERVER) server=$value ;;
          CATTLE_CA_CHECKSUM) wanted_checksum=$value ;;
          STRICT_VERIFY) strict=$value ;;
        esac
        name=
        ;;
    esac
  done <"$manifest"
  if [ -z "$kind" ] || [ -z "$server" ]; then not_a_manifest; fi
}

check_manifest() {
  read_manifest
  case $server in
    https://*) ;;
    *)
      stop server "the manifest tells agents that Rancher is at '$server', which is no HTTPS address" \
        "Write Rancher's address in its setting server-url"
      ;;
  esac
  if [ "$strict" = true ] && [ -z "$wanted_checksum" ]; then
    stop strict 'agents are to verify Rancher strictly, by certificates that Rancher does not hold' \
      "Set Rancher's agent-tls-mode to system-store, or upload the authority's certificates to Rancher (setting cacerts)"
  fi
  if [ -n "$checksum" ] && [ "$wanted_checksum" != "$checksum" ]; then
    stop checksum "agents are to trust other certificates than those of rancher.caCertificates (checksum '$wanted_checksum', not '$checksum')" \
      "Write there, byte for byte, what Rancher's setting cacerts holds; $server/cacerts serves it"
  fi
}

# --- Applying, and what becomes of it ---

apply() {
  # As Rancher itself applies it later on: two ways of applying would contend for the fields.
  brief apply -f "$manifest" >"$folder/applied" 2>"$errors" || refused 'apply the manifest'
  while IFS= read -r line; do say "$line"; done <"$folder/applied"
}

# kubectl for what is answered at once.
brief() { kubectl --request-timeout="${REQUEST_SECONDS}s" "$@"; }

ready() { kubectl rollout status -n "$NAMESPACE" "deployment/$AGENT" --timeout="$1s" >/dev/null 2>"$errors"; }

# A line for each of the agent's pods that has something to say.
#
#   of_pods <JSONPath>
of_pods() {
  brief get pods -n "$NAMESPACE" -l "app=$AGENT" -o jsonpath="{range .items[*]}$1{\"\\n\"}{end}" 2>/dev/null |
    while IFS= read -r line; do [ -z "$line" ] || printf '%s\n' "$line"; done
}

# The agent's pods but for those that are leaving, which may have an older token.
living_pods() {
  of_pods '{.metadata.name} {.metadata.deletionTimestamp}' | while read -r pod leaving; do
    [ -n "$leaving" ] || printf '%s\n' "$pod"
  done
}

# The agent leaves a file of this name in its working folder once Rancher has taken it in.
connected() {
  : >"$errors"
  for pod in $(living_pods); do
    if kubectl exec -n "$NAMESPACE" "$pod" -c "$CONTAINER" -- test -e connected >/dev/null 2>"$errors"; then return 0; fi
  done
  return 1
}

# Ends with why the agent's pods do not run.
explain_pods() {
  unscheduled=$(of_pods '{.status.conditions[?(@.reason=="Unschedulable")].message}')
  if [ -n "$unscheduled" ]; then
    again node "no node takes the agent's pod ($unscheduled)" \
      'Give the cluster a pool of at least one node without taints that is no spot pool, with room for the pod'
  fi
  waiting=$(of_pods '{.status.initContainerStatuses[*].state.waiting}{.status.containerStatuses[*].state.waiting}')
  if holds "$waiting" ImagePull ErrImage InvalidImage; then
    again image "the agent's image cannot be pulled ($waiting)" \
      'Look whether the firewall lets nodes reach the registry, and whether it needs credentials'
  elif holds "$waiting" CrashLoop; then
    explain_log
  fi
  again rollout "the agent's pods are not ready after $ROLLOUT_SECONDS s ($(cat "$errors") $waiting)" \
    "Look at the pods of the namespace $NAMESPACE"
}

# Ends with why the agent is not connected. Of its log only complaints are repeated: elsewhere it tells half of whatever token it uses.
explain_log() {
  complaint=
  for pod in $(living_pods); do
    brief logs -n "$NAMESPACE" "$pod" -c "$CONTAINER" --tail=100 2>/dev/null
  done >"$folder/log"
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      *level=error* | *level=fatal* | ERROR:* | *'ERROR: '*) complaint=$line ;;
    esac
  done <"$folder/log"
  if holds "$complaint" x509: ertificate acerts 'root CA'; then
    again tls "the agent does not trust Rancher ($complaint)" \
      "Look at Rancher's settings cacerts and agent-tls-mode, and at the certificate of $host"
  elif holds "$complaint" 'status: 400' 'status: 401' 'cluster not found' 'failed authentication'; then
    again token "Rancher does not accept the registration token ($complaint)" \
      'Look whether the cluster still stands in Rancher, and apply this stack again, which reads its present token'
  elif holds "$complaint" 'status: 403'; then
    again rancher "$host refuses the agent ($complaint)" \
      "Look whether the web ACL's allowlist holds the cluster's egress addresses; it follows its table within minutes"
  fi
  again connect "the agent runs, but is not connected to Rancher ($complaint)" \
    "Look at the agent's log (namespace $NAMESPACE), and whether the firewall lets pods open WebSockets to $host"
}

await_connection() {
  end=$(($(date +%s) + CONNECT_SECONDS))
  until connected; do
    # An API server that forbids it, or an agent of another make: what can be seen says that all is well.
    if holds "$(cat "$errors")" 'executable file not found' denied Forbidden forbidden 'not found in pod'; then
      say 'whether the agent is connected cannot be looked up; its pods are ready'
      return
    fi
    if [ "$(date +%s)" -ge "$end" ]; then explain_log; fi
    sleep 5
  done
}

applied=$(brief get namespace "$NAMESPACE" --ignore-not-found -o "jsonpath={.metadata.annotations.$ANNOTATION}" 2>"$errors") ||
  refused 'look at the cluster'
if [ "$applied" = "$registration" ] && connected; then
  result unchanged none 'this registration was applied before, and the agent is connected' 'Nothing to do'
fi

fetch
check_manifest
apply
ready "$ROLLOUT_SECONDS" || explain_pods
await_connection
brief annotate namespace "$NAMESPACE" --overwrite "$ANNOTATION=$registration" >/dev/null 2>"$errors" ||
  refused 'note what was applied'
result joined none "the agent is connected to $server" 'Nothing to do'
