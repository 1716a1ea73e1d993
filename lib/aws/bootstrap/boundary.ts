import { partitionOf } from "../../names";
import type { AwsScope, ReasonedStatement, SetBlock } from "./contract";
import { ownNames } from "./scope";
import { isPattern } from "./statements";

/** What references in policies of the environment's roles can lead to, by the service of the action. */
const OWN_RESOURCES: Readonly<Record<string, readonly string[]>> = {
  autoscaling: ["autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{name}"],
  dynamodb: ["dynamodb:{region}:{account}:table/{name}"],
  ecr: ["ecr:{region}:{account}:repository/{name}"],
  imagebuilder: [
    "imagebuilder:{region}:{account}:component/{name}/*",
    "imagebuilder:{region}:{account}:image/{name}/*",
  ],
  // Tags of a key may take five minutes to count, and the policy of a role names its key.
  kms: ["kms:{region}:{account}:key/*"],
  lambda: ["lambda:{region}:{account}:function:{name}"],
  logs: [
    "logs:{region}:{account}:log-group:/aws/*/{name}",
    "logs:{region}:{account}:log-group:/ringfence/{name}",
    "logs:{region}:{account}:log-group:aws-waf-logs-{name}",
  ],
  s3: ["s3:::{name}"],
  secretsmanager: ["secretsmanager:{region}:{account}:secret:{name}"],
  "vpc-lattice-svcs": ["vpc-lattice:{region}:{account}:service/*"],
  wafv2: ["wafv2:{region}:{account}:regional/ipset/{name}/*"],
};

/** What policies that AWS keeps allow, by the end of their ARNs (AWS Managed Policy Reference Guide). */
const POLICIES_OF_AWS: Readonly<Record<string, readonly string[]>> = {
  "service-role/AmazonAPIGatewayPushToCloudWatchLogs": [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:PutLogEvents",
  ],
};

const BECAUSE =
  "a boundary grants nothing, it bounds what policies of the environment's roles may grant; each of those names its resources";

interface Allowed {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/**
 * The most that roles of the set may do: the actions of their own policies, on what those name and what the environment's names
 * begin; so whoever may write such policies gains nothing by writing more into them.
 *
 * @throws Error when a policy of a role cannot be read before apply.
 */
export function boundaryStatements(blocks: readonly SetBlock[], scope: AwsScope): readonly ReasonedStatement[] {
  const byService = new Map<string, { readonly actions: Set<string>; readonly resources: Set<string> }>();
  for (const { Action: actions, Resource: resources } of blocks.flatMap(allowedBy)) {
    for (const action of actions) {
      const [service = ""] = action.split(":");
      // What takes no resource stands apart, so that it widens nothing else of its service.
      const key = resources.includes("*") ? `${service} *` : service;
      const found = byService.get(key) ?? { actions: new Set(), resources: new Set() };
      found.actions.add(action);
      for (const resource of resources) for (const arn of arns(resource, service, scope)) found.resources.add(arn);
      byService.set(key, found);
    }
  }
  const statements = [...byService.entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, found]) => statement(key, found, scope.place.region));
  // A document needs a statement, and a set without roles has nothing to bound.
  return statements.length > 0 ? statements : [{ sid: "Nothing", effect: "Deny", actions: ["*"], resources: ["*"] }];
}

function allowedBy({ kind, type, attributes }: SetBlock): readonly Allowed[] {
  if (kind !== "resource") return [];
  if (type === "aws_iam_role_policy_attachment") return [attached(attributes.policy_arn)];
  if (type !== "aws_iam_role_policy") return [];
  const { policy } = attributes;
  if (typeof policy !== "string") throw new Error("A policy of a role has no document");
  return parsed(policy).filter(({ Effect }) => Effect === "Allow");
}

function attached(arn: unknown): Allowed {
  const [, name = ""] = /^arn:[a-z-]+:iam::aws:policy\/(.+)$/.exec(String(arn)) ?? [];
  const actions = POLICIES_OF_AWS[name];
  if (actions === undefined) {
    throw new Error(
      `A role has the policy ${String(arn)}, and the permissions boundary does not say what that allows; ` +
        "say it in POLICIES_OF_AWS of lib/aws/bootstrap/boundary.ts",
    );
  }
  return { Effect: "Allow", Action: actions, Resource: ["*"] };
}

/** Quotes inside `${...}` belong to the expression. */
function parsed(policy: string): readonly Allowed[] {
  const quoted = policy.replaceAll(/\$\{[^}]*\}/g, (expression) => expression.replaceAll(/(?<!\\)"/g, '\\"'));
  const { Statement: statements } = JSON.parse(quoted) as { readonly Statement: readonly Allowed[] };
  return statements;
}

/** A resource as it is written, or where it is a reference all that it can be. */
function arns(resource: string, service: string, { environmentName, place }: AwsScope): readonly string[] {
  if (!resource.includes("${")) return [resource];
  const own = OWN_RESOURCES[service];
  if (own === undefined) {
    throw new Error(
      `A role of ${environmentName} may use ${service} on ${resource}, and the permissions boundary does not say what that can be; ` +
        "say it in OWN_RESOURCES of lib/aws/bootstrap/boundary.ts",
    );
  }
  return own.map(
    (pattern) =>
      `arn:${partitionOf(place.region)}:${pattern
        .replace("{region}", place.region)
        .replace("{account}", place.accountId)
        .replace("{name}", ownNames({ environmentName }))}`,
  );
}

function statement(
  key: string,
  { actions, resources }: { readonly actions: ReadonlySet<string>; readonly resources: ReadonlySet<string> },
  region: string,
): ReasonedStatement {
  const [service = "", all] = key.split(" ");
  const sid = `${service.replaceAll(/[^a-z0-9]/g, "")}${all === undefined ? "Own" : "All"}`;
  const patterns = [...resources].some(isPattern);
  return {
    sid: sid.charAt(0).toUpperCase() + sid.slice(1),
    actions: [...actions].sort(),
    ...(all === undefined
      ? { resources: [...resources].sort() }
      : { resources: ["*"], conditions: { StringEquals: { "aws:RequestedRegion": region } } }),
    ...(patterns && { wildcards: { Resource: BECAUSE } }),
  };
}
