/** A cluster whose agent somebody brings in by hand. */
export interface ManualRegistration {
  /** Address of the Rancher server. */
  readonly url: string;
  /** Rancher's id of the cluster. */
  readonly clusterId: string;
  readonly fleetWorkspace: string;
  /** Whether the server has a certificate of a private authority. */
  readonly hasPrivateAuthority: boolean;
}

/** File that whoever runs the command has the authority's certificates in. */
const AUTHORITY_FILE = "rancher-ca.pem";

/** Rancher's page of a cluster, on the tab that shows the command to run. */
export function registrationPage({ url, clusterId, fleetWorkspace }: ManualRegistration): string {
  return `${origin(url)}/dashboard/c/_/manager/provisioning.cattle.io.cluster/${fleetWorkspace}/${clusterId}#registration`;
}

/**
 * A line for a shell that brings the agent into the cluster of the current `kubectl` context. Whoever runs it signs in to Rancher with a
 * token of their own; that one and the secret that joins a cluster go from one program to the next, and are neither shown nor arguments.
 */
export function registrationCommand({ url, clusterId, hasPrivateAuthority }: ManualRegistration): string {
  const curl = hasPrivateAuthority ? `curl -fsS --cacert ${AUTHORITY_FILE}` : "curl -fsS";
  return [
    // Every shell has printf built in; what programs are given as arguments, others on the machine can read.
    `printf 'header = "Authorization: Bearer %s"' "$RANCHER_TOKEN_KEY"`,
    `${curl} -K - '${origin(url)}/v3/clusterregistrationtokens?clusterId=${clusterId}'`,
    `jq -er '"url = " + .data[0].manifestUrl'`,
    `${curl} -K -`,
    "kubectl apply -f -",
  ].join(" | ");
}

function origin(url: string): string {
  return url.replace(/\/$/, "");
}
