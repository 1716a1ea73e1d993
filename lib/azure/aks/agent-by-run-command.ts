import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { ResourceDeploymentScriptAzureCli } from "@cdktf/provider-azurerm/lib/resource-deployment-script-azure-cli";
import { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
import { RoleDefinition } from "@cdktf/provider-azurerm/lib/role-definition";
import { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import { Fn, type ITerraformDependable, type Precondition } from "cdktf";
import { Construct } from "constructs";

import { RUN_COMMAND_ACTIONS } from "../bootstrap/run-command-role";

/** Properties of {@link AgentByRunCommand}. */
export interface AgentByRunCommandProps {
  /** Begins the names of what is made; 69 characters at most. */
  readonly name: string;
  /** Where the script and its identity stand. */
  readonly resourceGroupName: string;
  readonly location: string;
  /** Resource id of the AKS cluster. */
  readonly clusterId: string;
  /** The cluster's name in Azure, for people who read descriptions. */
  readonly clusterName: string;
  /** Where Rancher serves the agent's manifest. The address holds the registration token: whoever knows it can join as this cluster. */
  readonly manifestUrl: string;
  /** Image of the agent. A change of it has the script run again. @default - the manifest's, whatever that is */
  readonly agentImage?: string;
  /**
   * Certificates (PEM) of the private authority that signed Rancher's, as its setting `cacerts` has them. Rancher's certificate is
   * then verified with these and no others, and agents must be told of exactly these. @default - a public authority signed it
   */
  readonly caCertificates?: string;
  /** Resource id of a role made elsewhere, by which the script runs commands. @default - a role is made for this cluster alone */
  readonly runCommandRoleId?: string;
  /** What must be there first, a node that takes pods above all. @default - what the other properties refer to */
  readonly after?: readonly ITerraformDependable[];
}

/** How a run of the script is limited. The script ends by itself, with a reason in words, before Azure ends it without one. */
export const TIME_LIMITS = {
  /** What the script gives itself. */
  budgetMinutes: 25,
  /** When Azure ends it: signing in may take ten minutes of it ("Develop a deployment script in Bicep"), its last attempt five. */
  scriptMinutes: 45,
  /** How long Terraform waits, for a container and a storage account are made first. */
  createMinutes: 60,
} as const;

/** Of August 2025; deployment scripts take a release up a month after it was published ("Develop a deployment script in Bicep"). */
const AZURE_CLI_VERSION = "2.76.0";

/** Deployment scripts have 90 characters at most (Azure REST documentation, "Deployment Scripts"), of which `-agent-` and a time take 21. */
const LONGEST_NAME = 69;

const FOLDER = join(__dirname, "register-agent");

/**
 * Brings Rancher's agent into an AKS cluster through Azure's run command. Nobody needs to reach the cluster's API server for that, and
 * Terraform needs no kubeconfig: a deployment script, which talks to Azure only, has the cluster fetch the manifest and apply it.
 *
 * The script's identity may run commands in this cluster and do there what the manifest does, and nothing else. The script runs again
 * when the token, the agent's image, the certificates or the script itself change. Azure keeps its resource for a day; an apply after that
 * runs it once more, which changes nothing where the agent stands.
 */
export class AgentByRunCommand extends Construct {
  /** What waits for the agent depends on this. */
  readonly joined: ITerraformDependable;

  /** @throws Error when `name` is too long for what is made */
  constructor(scope: Construct, id: string, props: AgentByRunCommandProps) {
    super(scope, id);
    const { name, resourceGroupName, location, clusterId, caCertificates } = props;
    if (name.length > LONGEST_NAME) {
      throw new Error(`name must have at most ${LONGEST_NAME} characters (got ${name.length}: ${name})`);
    }
    const identity = new UserAssignedIdentity(this, "identity", { name: `${name}-agent`, resourceGroupName, location });
    const roles = this.#roles(props, identity);
    const checksum = caCertificates === undefined ? "" : caChecksum(caCertificates);
    const registration = Fn.sha256(Fn.join("\n", [props.manifestUrl, props.agentImage ?? "", checksum]));
    const script = agentScript();

    this.joined = new ResourceDeploymentScriptAzureCli(this, "Resource", {
      // A run that failed stays for a day under its name and not in the state; another run must have another.
      name: `${name}-agent-${Fn.formatdate("YYYYMMDDhhmmss", Fn.timestamp())}`,
      resourceGroupName,
      location,
      version: AZURE_CLI_VERSION,
      identity: { type: "UserAssigned", identityIds: [identity.id] },
      scriptContent: literal(script),
      environmentVariable: [
        { name: "CLUSTER_ID", value: clusterId },
        { name: "MANIFEST_URL", secureValue: props.manifestUrl },
        { name: "REGISTRATION", value: registration },
        { name: "BUDGET_SECONDS", value: String(TIME_LIMITS.budgetMinutes * 60) },
        ...(caCertificates === undefined
          ? []
          : [
              { name: "CA_CERTIFICATES", value: Buffer.from(caCertificates).toString("base64") },
              { name: "CA_CHECKSUM", value: checksum },
            ]),
      ],
      forceUpdateTag: Fn.sha256(Fn.join("\n", [registration, sha256(script)])),
      timeout: `PT${TIME_LIMITS.scriptMinutes}M`,
      cleanupPreference: "OnSuccess",
      retentionInterval: "P1D",
      timeouts: { create: `${TIME_LIMITS.createMinutes}m` },
      dependsOn: [...roles, ...(props.after ?? [])],
      lifecycle: { ignoreChanges: ["name"], precondition: [manifestIsKnown(props)] },
    });
  }

  #roles(props: AgentByRunCommandProps, identity: UserAssignedIdentity) {
    const { clusterId, runCommandRoleId = this.#runCommandRole(props) } = props;
    const common = {
      scope: clusterId,
      principalId: identity.principalId,
      // Said outright, Azure does not look the new identity up in a directory that may not know it yet.
      principalType: "ServicePrincipal",
    };
    return [
      new RoleAssignment(this, "runs-commands", {
        ...common,
        roleDefinitionId: runCommandRoleId,
        description: "Has the cluster fetch and apply the manifest of Rancher's agent",
      }),
      new RoleAssignment(this, "applies-manifest", {
        ...common,
        roleDefinitionName: "Azure Kubernetes Service RBAC Cluster Admin",
        description: "Rancher's agent administers the cluster, and only an administrator can make another",
      }),
    ];
  }

  /** Azure's own roles that hold the run command hold much else. */
  #runCommandRole({ name, clusterId, clusterName }: AgentByRunCommandProps): string {
    return new RoleDefinition(this, "run-command", {
      // No two roles of a directory have one name, and another subscription may well have an environment of this one's.
      name: `${name}-run-command-${Fn.substr(Fn.sha256(clusterId), 0, 8)}`,
      description: `Runs commands in the cluster ${clusterName}`,
      // No role can be assignable to less than a resource group.
      scope: Fn.element(Fn.split("/providers/", clusterId), 0) as string,
      permissions: [{ actions: [...RUN_COMMAND_ACTIONS] }],
    }).roleDefinitionResourceId;
  }
}

/** Rancher leaves registration tokens out for a user who may not see them, and Terraform would only say that there is no first one. */
function manifestIsKnown({ manifestUrl, clusterName }: AgentByRunCommandProps): Precondition {
  return {
    condition: Fn.can(Fn.regex(".", manifestUrl)),
    errorMessage:
      `Rancher shows no registration token of ${clusterName}, so nothing can bring its agent in. The user of RANCHER_TOKEN_KEY may see the ` +
      "cluster and not its tokens: deploy with a token of whoever registered it, or of an owner of the cluster in Rancher.",
  };
}

/** What the deployment script runs, with the part in it that runs inside the cluster. */
export function agentScript(): string {
  const inside = readFileSync(join(FOLDER, "apply-agent.sh"), "utf8");
  return readFileSync(join(FOLDER, "register-agent.sh"), "utf8").replace(/^@APPLY_AGENT@\n/m, () => inside);
}

/** The checksum of certificates by which Rancher's agents know them; a line end belongs to the last line. */
export function caChecksum(certificates: string): string {
  return sha256(certificates.endsWith("\n") ? certificates : `${certificates}\n`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Text in which Terraform finds no expression of its own. */
function literal(text: string): string {
  return text.replaceAll(/[$%](?=\{)/g, (sign) => `${sign}${sign}`);
}
