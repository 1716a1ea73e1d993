import { createHash } from "node:crypto";

/** What a cloud accepts as the name of one kind of resource. */
export interface NameRule {
  /** Longest name, in characters. */
  readonly maxLength: number;
  /** What may not stand in a name; each such character, or run of them, becomes a hyphen. */
  readonly refused: RegExp;
  /** Whether the cloud refuses upper case. @default false */
  readonly lowerCase?: boolean;
}

/**
 * What Lattice has in common: lower case, three characters at least, no hyphen at either end, nor two in a row, and not the beginning of
 * the ids of the same kind.
 */
const latticeName = (maxLength: number, idPrefix: string): NameRule => ({
  maxLength,
  refused: new RegExp(`^.{1,2}$|^(?:[^a-z0-9]*${idPrefix}(?:[^a-z0-9]|$))+|[^a-z0-9]{2,}|[^a-z0-9-]|^-|-$`, "gu"),
  lowerCase: true,
});

/** The rules of the names that this project gives, each from the vendor's API reference for that resource. */
export const NAME_RULES = {
  /** Amazon S3 User Guide, "General purpose bucket naming rules". */
  s3Bucket: { maxLength: 63, refused: /[^a-z0-9-]/gu, lowerCase: true },
  /** AWS IAM User Guide, "IAM and AWS STS quotas": role names. */
  iamRole: { maxLength: 64, refused: /[^\w+=,.@-]/gu },
  /** AWS IAM User Guide, "IAM and AWS STS quotas": policy names. */
  iamPolicy: { maxLength: 128, refused: /[^\w+=,.@-]/gu },
  /** AWS STS API Reference, "AssumeRole": the name of a session. */
  roleSession: { maxLength: 64, refused: /[^\w+=,.@-]/gu },
  /** AWS Lambda API Reference, "CreateFunction". */
  lambdaFunction: { maxLength: 64, refused: /[^\w-]/gu },
  /** AWS WAF API Reference, "CreateIPSet", "CreateRuleGroup" and "CreateWebACL". */
  waf: { maxLength: 128, refused: /[^\w-]/gu },
  /** Kubernetes documentation, "Object Names and IDs": DNS labels. */
  kubernetesObject: { maxLength: 63, refused: /[^a-z0-9-]/gu, lowerCase: true },
  /** EventBridge Scheduler API Reference, "CreateSchedule". */
  schedule: { maxLength: 64, refused: /[^\w.-]/gu },
  /** Elastic Load Balancing API Reference, "CreateLoadBalancer": no hyphen at either end, and not "internal-" at the beginning. */
  loadBalancer: {
    maxLength: 32,
    refused: /^(?:[^A-Za-z0-9]*internal(?:[^A-Za-z0-9]|$))+|^-|-$|[^A-Za-z0-9-]/gu,
  },
  /** Elastic Load Balancing API Reference, "CreateTargetGroup": no hyphen at either end. */
  targetGroup: { maxLength: 32, refused: /^-|-$|[^A-Za-z0-9-]/gu },
  /** AWS CloudFormation API Reference, "CreateStack"; the letter it has to begin with is the environment's. */
  cloudFormationStack: { maxLength: 128, refused: /[^A-Za-z0-9-]/gu },
  /** Amazon ECS API Reference, "CreateCluster" and "CreateService"; a family of "RegisterTaskDefinition" takes the same. */
  ecs: { maxLength: 255, refused: /[^\w-]/gu },
  /** Amazon VPC Lattice API Reference, "CreateServiceNetwork". */
  latticeServiceNetwork: latticeName(63, "servicenetwork"),
  /** Amazon VPC Lattice API Reference, "CreateService". */
  latticeService: latticeName(40, "svc"),
  /** Amazon VPC Lattice API Reference, "CreateTargetGroup". */
  latticeTargetGroup: latticeName(128, "tg"),
  /** AWS Secrets Manager API Reference, "CreateSecret", less a hyphen and the 26 characters that Terraform puts behind a prefix. */
  secretPrefix: { maxLength: 485, refused: /[^\w/+=.@-]/gu },
  /**
   * Azure Resource Manager documentation, "Naming rules and restrictions for Azure resources": Microsoft.Network but firewalls. VNets
   * have the fewest characters, 64, and all take these.
   */
  azureNetwork: { maxLength: 64, refused: /[^\w.-]/gu },
  /** The same page: azureFirewalls. */
  azureFirewall: { maxLength: 56, refused: /[^\w.-]/gu },
  /** The same page: workspaces of Microsoft.OperationalInsights. */
  azureWorkspace: { maxLength: 63, refused: /[^A-Za-z0-9-]/gu },
  /** The same page: metricAlerts and diagnosticSettings take more; locks have the fewest characters. */
  azureMonitor: { maxLength: 90, refused: /[^\w-]/gu },
} as const satisfies Record<string, NameRule>;

const HASH_LENGTH = 8;

/**
 * Fits a name into what a cloud accepts.
 *
 * A name that already fits is returned as it is. Any other is cleaned, shortened and ended with a hash of the full name, so
 * that two names that differ anywhere still differ afterwards.
 *
 * @param name the full name, parts joined by hyphens
 */
export function fitName(name: string, rule: NameRule): string {
  const cased = rule.lowerCase ? name.toLowerCase() : name;
  if (cased === name && name.search(rule.refused) < 0 && name.length <= rule.maxLength) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, HASH_LENGTH);
  const clean = cased.replace(rule.refused, "-");
  const head = clean.slice(0, rule.maxLength - HASH_LENGTH - 1).replace(/^-+|-+$/g, "");
  return head === "" ? hash : `${head}-${hash}`;
}
