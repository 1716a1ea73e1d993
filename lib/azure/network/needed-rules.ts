import type { ApplicationRule, NetworkRule, RuleGroup } from "./rules";

const HTTPS = "https:443";

/** What clusters need to come up and to be looked after, by host name alone. */
interface Needs {
  /** Who needs it: the range of the VNet. Pods leave a node under the node's address. */
  readonly sourceCidr: string;
}

/** What some clusters need besides, by what they have. */
interface AksNeeds extends Needs {
  readonly defender: boolean;
  /** Whether nodes take patches between two images (`SecurityPatch`). */
  readonly securityPatches: boolean;
}

/**
 * What AKS asks for (AKS documentation, "Outbound network and FQDN rules for AKS clusters"). The FQDN tag holds the hosts of nodes and
 * control plane; the tunnel to the control plane uses one of them, so neither UDP 1194 nor TCP 9000 is open.
 */
export function aksRules({ sourceCidr, defender, securityPatches }: AksNeeds): RuleGroup {
  const sources = { cidrs: [sourceCidr] };
  const application: ApplicationRule[] = [
    {
      name: "aks",
      description: "Nodes and control plane, as Microsoft keeps the list",
      sources,
      fqdnTags: ["AzureKubernetesService"],
      protocols: [HTTPS, "http:80"],
    },
    {
      name: "azure-policy",
      description: "The add-on of Azure Policy",
      sources,
      fqdns: ["data.policy.core.windows.net", "store.policy.core.windows.net"],
      protocols: [HTTPS],
    },
  ];
  if (defender) {
    application.push({
      name: "defender",
      description: "Microsoft Defender for Containers",
      sources,
      fqdns: ["*.cloud.defender.microsoft.com"],
      protocols: [HTTPS],
    });
  }
  if (securityPatches) {
    application.push({
      name: "security-patches",
      description: "Ubuntu's patches as they stood when AKS tested them",
      sources,
      // AKS documentation, "Autoupgrade node OS images". It is Canonical's, not one of the hosts that every cluster needs.
      fqdns: ["snapshot.ubuntu.com"],
      protocols: [HTTPS],
    });
  }
  return { name: "aks", priority: 1000, application, network: [] };
}

/** What container insights and other agents of Azure Monitor ask for (the same page, "Azure Monitor for containers"). */
export function monitoringRules({ sourceCidr }: Needs): RuleGroup {
  const sources = { cidrs: [sourceCidr] };
  const network: NetworkRule[] = [
    {
      name: "azure-monitor",
      description: "Logs and metrics, by the addresses that Microsoft keeps",
      sources,
      destinationAddresses: ["AzureMonitor"],
      ports: ["443"],
      protocols: ["TCP"],
    },
  ];
  const application: ApplicationRule[] = [
    {
      name: "azure-monitor",
      description: "Hosts of Azure Monitor that are not among those addresses",
      sources,
      fqdns: [
        "*.ods.opinsights.azure.com",
        "*.oms.opinsights.azure.com",
        "dc.services.visualstudio.com",
        "*.in.applicationinsights.azure.com",
        "*.monitoring.azure.com",
        "*.handler.control.monitor.azure.com",
        "*.ingest.monitor.azure.com",
      ],
      protocols: [HTTPS],
    },
  ];
  return { name: "monitoring", priority: 1100, application, network };
}

/**
 * Registries from which Rancher's agent and what it brings are pulled: Docker Hub, and the three places from which it hands out layers, one or
 * another at each request (Docker documentation, "Allowlist for Docker Desktop").
 */
const AGENT_REGISTRIES = [
  "auth.docker.io",
  "registry-1.docker.io",
  "production.cloudflare.docker.com",
  "production.cloudfront.docker.com",
  "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com",
];

/**
 * What Rancher's agent asks for: its server, and its images.
 *
 * @param url of the server
 */
export function rancherRules({ sourceCidr, url }: Needs & { readonly url: string }): RuleGroup {
  const { hostname, port } = new URL(url);
  const sources = { cidrs: [sourceCidr] };
  return {
    name: "rancher",
    priority: 1200,
    application: [
      {
        name: "server",
        description: "Rancher's agent calls its server",
        sources,
        fqdns: [hostname],
        protocols: [`https:${port || "443"}`],
      },
      {
        name: "agent-images",
        description: "Images of Rancher's agent",
        sources,
        fqdns: AGENT_REGISTRIES,
        protocols: [HTTPS],
      },
    ],
    network: [],
  };
}
