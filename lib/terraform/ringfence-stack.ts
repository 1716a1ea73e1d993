import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { Rancher2Provider } from "@cdktf/provider-rancher2/provider";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";

import { boundaryArnOf, type Environment } from "../environment";
import { fitName, IAM_PATH, NAME_RULES, stackId } from "../names";
import { BaseStack } from "./base-stack";
import { requireProviderVersion } from "./escapes";
import { stackTags, tagAzureResources } from "./tags";

/** What a stack needs besides its environment. */
export interface RingfenceStackOptions {
  /** Providers to configure. */
  readonly clouds: readonly ("aws" | "azure" | "rancher")[];
  /** The edge or cluster, for stacks that exist once per entry of a map. @default - one stack per environment */
  readonly instance?: string;
  /** Services of Azure that this stack makes things of and others do not: `Microsoft.Storage`. @default - none */
  readonly azureServices?: readonly string[];
  /**
   * A stack that decides what the set may do, and so has an id and a tag that no right of the set reaches. Its roles are bounded by
   * nothing but who made them. @default - a stack of the set
   */
  readonly apart?: { readonly id: string; readonly state: Environment["state"] };
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
 * Base of every stack of an environment: providers that refuse the wrong account or subscription, and tags. Its id is
 * `<environment>-<name>[-<instance>]`.
 */
export abstract class RingfenceStack extends BaseStack {
  /** The tags of everything in the stack, for what takes none from its provider. */
  protected readonly tags: Readonly<Record<string, string>>;
  /** ARN of the policy that bounds every role in the stack. */
  readonly roleBoundaryArn?: string;

  /** @throws Error when the stack uses a cloud whose section the environment lacks */
  protected constructor(scope: Construct, environment: Environment, name: string, options: RingfenceStackOptions) {
    const { apart } = options;
    const id = apart?.id ?? stackId(environment.name, name, options.instance);
    super(scope, id, apart?.state ?? environment.state);
    this.tags = stackTags(apart === undefined ? environment : { ...environment, name: id }, id);
    this.roleBoundaryArn = apart === undefined ? boundaryArnOf(environment) : undefined;
    if (options.clouds.includes("aws")) this.#addAwsProvider(environment, id);
    if (options.clouds.includes("azure")) this.#addAzureProvider(environment, id, options.azureServices ?? []);
    if (options.clouds.includes("rancher")) this.#addRancherProvider(environment, id);
  }

  /**
   * Azure's provider has no default tags: everything that carries tags is given them once the stack is complete. That is earlier than an aspect
   * (`docs/decisions/0012-tags-before-aspects.md`).
   */
  override prepareStack(): void {
    tagAzureResources(this, this.tags);
    super.prepareStack();
  }

  #addAwsProvider(environment: Environment, id: string): void {
    const { aws } = environment;
    if (aws === undefined) throw new Error(`${id} needs the environment's section 'aws'`);
    new AwsProvider(this, "aws", {
      region: aws.region,
      allowedAccountIds: [aws.accountId],
      profile: aws.profile,
      assumeRole: aws.assumeRole && [{ ...aws.assumeRole, sessionName: fitName(id, NAME_RULES.roleSession) }],
      defaultTags: [{ tags: this.tags }],
    });
  }

  #addAzureProvider(environment: Environment, id: string, services: readonly string[]): void {
    const { azure } = environment;
    if (azure === undefined) throw new Error(`${id} needs the environment's section 'azure'`);
    new AzurermProvider(this, "azurerm", {
      subscriptionId: azure.subscriptionId,
      tenantId: azure.tenantId,
      resourceProviderRegistrations: "none",
      resourceProvidersToRegister: [...new Set([...AZURE_RESOURCE_PROVIDERS, ...services])],
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

/** What bounds a role: both, or neither. */
export interface IamBounds {
  /** Where it stands in IAM, as do policies and instance profiles beside it. @default - at the root */
  readonly path?: string;
  /** ARN of the policy that bounds it. @default - none */
  readonly permissionsBoundary?: string;
}

/** What bounds every role where a construct stands; nothing where no bootstrap lets runs in. */
export function iamBoundsOf(scope: Construct): IamBounds {
  const stack = TerraformStack.of(scope);
  const permissionsBoundary = stack instanceof RingfenceStack ? stack.roleBoundaryArn : undefined;
  return permissionsBoundary === undefined ? {} : { path: IAM_PATH, permissionsBoundary };
}
