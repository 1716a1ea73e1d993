import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { Rancher2Provider } from "@cdktf/provider-rancher2/provider";
import { CloudBackend, TerraformElement, TerraformOutput, TerraformResource, TerraformStack } from "cdktf";
import type { Construct, Node } from "constructs";

import type { Environment } from "../environment";
import { fitName, NAME_RULES, stackId } from "../names";
import { addBackend } from "./backend";
import { requireProviderVersion, requireTerraformVersion } from "./escapes";
import { logicalId } from "./logical-id";
import { stackTags, tagAzureResources } from "./tags";

/**
 * The oldest Terraform the stacks run on: 1.11 brought write-only arguments, and 1.10 the S3 lock file (HashiCorp,
 * "Terraform v1.11 upgrade guide").
 */
export const TERRAFORM_VERSION = ">= 1.11.0";

/** What a stack needs besides its environment. */
export interface RingfenceStackOptions {
  /** Providers to configure. */
  readonly clouds: readonly ("aws" | "azure" | "rancher")[];
  /** The edge or cluster, for stacks that exist once per entry of a map. @default - one stack per environment */
  readonly instance?: string;
  /** Services of Azure that this stack makes things of and others do not: `Microsoft.Storage`. @default - none */
  readonly azureServices?: readonly string[];
}

/**
 * What all stacks of Azure make things of. The provider registers those of them that the subscription lacks, and no others: its own
 * list would ask for rights over services that no stack uses.
 */
const AZURE_RESOURCE_PROVIDERS: readonly string[] = [
  "Microsoft.Compute",
  "Microsoft.ContainerService",
  "Microsoft.Insights",
  "Microsoft.ManagedIdentity",
  "Microsoft.Network",
  "Microsoft.OperationalInsights",
  "Microsoft.OperationsManagement",
  "Microsoft.PolicyInsights",
  "Microsoft.Security",
];

/**
 * Base of every stack: providers that refuse the wrong account or subscription, tags, the state backend and the Terraform version floor.
 *
 * Its id is `<environment>-<name>[-<instance>]`, and the addresses of its resources read as they are written in the code
 * (`aws_dynamodb_table.clusters`), because those addresses are a contract with every state that exists.
 */
export abstract class RingfenceStack extends TerraformStack {
  readonly #pathByAddress = new Map<string, string>();
  /** The tags of everything in the stack, for what takes none from its provider. */
  protected readonly tags: Readonly<Record<string, string>>;

  /** @throws Error when the stack uses a cloud whose section the environment lacks */
  protected constructor(scope: Construct, environment: Environment, name: string, options: RingfenceStackOptions) {
    const id = stackId(environment.name, name, options.instance);
    super(scope, id);
    requireTerraformVersion(this, TERRAFORM_VERSION);
    addBackend(this, id, environment.state);
    if (options.clouds.includes("aws")) this.#addAwsProvider(environment, id);
    if (options.clouds.includes("azure")) this.#addAzureProvider(environment, id, options.azureServices ?? []);
    if (options.clouds.includes("rancher")) this.#addRancherProvider(environment, id);
    this.tags = stackTags(environment, id);
  }

  /**
   * Azure's provider has no default tags: everything that carries tags is given them once the stack is complete. That is earlier than an aspect
   * (`docs/decisions/0012-tags-before-aspects.md`).
   */
  override prepareStack(): void {
    tagAzureResources(this, this.tags);
    super.prepareStack();
  }

  /**
   * Publishes what a person or another tool needs after apply.
   *
   * @param id the output's name, as `terraform output` shows it
   */
  protected publish(id: string, value: string | string[], description: string): void {
    new TerraformOutput(this, id, { value, description });
  }

  /**
   * Names an element after its path. Two elements of one type that would share an address are refused: Terraform would
   * silently merge them.
   */
  protected override allocateLogicalId(tfElement: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(tfElement) ? tfElement.node : tfElement;
    const scopes = node.scopes;
    const id = logicalId(scopes.slice(scopes.indexOf(this) + 1).map((scope) => scope.node.id));
    const kind = TerraformResource.isTerraformResource(tfElement)
      ? tfElement.terraformResourceType
      : tfElement.constructor.name;
    const address = `${kind}.${id}`;
    const taken = this.#pathByAddress.get(address);
    if (taken !== undefined && taken !== node.path) {
      throw new Error(`${taken} and ${node.path} would both be ${address}; give one of them another construct id`);
    }
    this.#pathByAddress.set(address, node.path);
    return id;
  }

  /**
   * Runs CDKTF's checks but for the one that starts a Terraform binary (the cloud block's minimum version): the version
   * floor in the output says more, and synthesis and tests stay free of Terraform.
   */
  override runAllValidations(): void {
    const faults = this.node
      .findAll()
      .filter((construct) => !(construct instanceof CloudBackend))
      .flatMap((construct) => construct.node.validate().map((fault) => `${construct.node.path}: ${fault}`));
    if (faults.length > 0) throw new Error(`${this.node.id} is not valid:\n  ${faults.join("\n  ")}`);
  }

  #addAwsProvider(environment: Environment, id: string): void {
    const { aws } = environment;
    if (aws === undefined) throw new Error(`${id} needs the environment's section 'aws'`);
    new AwsProvider(this, "aws", {
      region: aws.region,
      allowedAccountIds: [aws.accountId],
      profile: aws.profile,
      assumeRole: aws.assumeRole && [{ ...aws.assumeRole, sessionName: fitName(id, NAME_RULES.roleSession) }],
      defaultTags: [{ tags: stackTags(environment, id) }],
    });
  }

  #addAzureProvider(environment: Environment, id: string, services: readonly string[]): void {
    const { azure } = environment;
    if (azure === undefined) throw new Error(`${id} needs the environment's section 'azure'`);
    new AzurermProvider(this, "azurerm", {
      subscriptionId: azure.subscriptionId,
      tenantId: azure.tenantId,
      resourceProviderRegistrations: "none",
      resourceProvidersToRegister: [...AZURE_RESOURCE_PROVIDERS, ...services],
      features: [
        {
          // Somebody else's resource in our group stops a destroy instead of going with it.
          resourceGroup: [{ preventDeletionIfContainsResources: true }],
          // A workspace that was destroyed by mistake can be recovered for 14 days.
          logAnalyticsWorkspace: [{ permanentlyDeleteOnDestroy: false }],
        },
      ],
    });
  }

  /** Who signs in stands in the provider's own variable RANCHER_TOKEN_KEY, and so in no file. */
  #addRancherProvider(environment: Environment, id: string): void {
    const { rancher } = environment;
    if (rancher === undefined) throw new Error(`${id} needs the environment's section 'rancher'`);
    new Rancher2Provider(this, "rancher2", {
      apiUrl: rancher.url,
      caCerts: rancher.caCertificates,
      // Left out, the variable RANCHER_INSECURE would decide.
      insecure: false,
    });
    requireProviderVersion(this, "rancher2", rancher.providerVersion);
  }
}
