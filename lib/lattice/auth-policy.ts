import { arnOf, type AwsPlace, IAM_PATH, iamArn } from "../names";

/**
 * Who may call. All of them sign their requests: there is no word for callers without a name.
 *
 * - `proxy`: the fleet of this stack, by its task role.
 * - `account`: whoever this account's own policies allow to.
 * - `organization`: whoever belongs to the organization that the statement names.
 * - a list: these principals, by ARN.
 */
export type AuthCallers = "proxy" | "account" | "organization" | readonly string[];

/** One permission of an auth policy. What no statement allows is refused. */
export interface AuthStatement {
  readonly callers: AuthCallers;
  /** Id of an AWS organization (`o-a1b2c3d4e5`) that the callers must belong to. @default - any, unless {@link callers} asks for one */
  readonly organization?: string;
  /** HTTP methods, in upper case; gRPC always calls by POST. @default - every method */
  readonly methods?: readonly string[];
  /** Paths, each from its `/`; `*` is any run of characters, `?` any one: `/v1/*` does not cover `/v1` itself. @default - every path */
  readonly paths?: readonly string[];
}

/** What the words of the statements stand for. */
export interface AuthPolicyContext {
  /** The account of the callers `account`. */
  readonly place: AwsPlace;
  /** Role of the callers `proxy`. @default - there is no fleet: a statement that names it is an error */
  readonly proxyRoleArn?: string;
  /** Service network through which requests must come. @default - any that the service is associated with */
  readonly networkArn?: string;
}

/** Amazon VPC Lattice User Guide, "Quotas for Amazon VPC Lattice": size of an auth policy, 10 KB, here in the smaller of the two readings. */
export const AUTH_POLICY_LIMIT_BYTES = 10_000;

/** ARNs that are as long as they can get, for those that only exist after apply. */
const longestArns = (place: AwsPlace) => ({
  // AWS IAM User Guide, "IAM and AWS STS quotas": the name of a role.
  proxyRoleArn: iamArn(place, `role${IAM_PATH}${"x".repeat(64)}`),
  // Amazon VPC Lattice API Reference, "CreateServiceNetwork": the id of a network.
  networkArn: arnOf(place, "vpc-lattice", `servicenetwork/sn-${"0".repeat(17)}`),
});

/**
 * The auth policy of some statements, as JSON of one line: Lattice takes no line breaks. The resource `*` is the service that the policy
 * is attached to, or every service in the network when it is attached to a network.
 *
 * An auth policy only allows what the caller's own IAM policies allow too, and of network and service both must (Amazon VPC Lattice
 * User Guide, "Control access to VPC Lattice services using auth policies").
 *
 * @returns undefined for no statements: a policy has one at least, and without a policy everything is refused
 * @throws RangeError for a statement that would allow more than it says, or that IAM would refuse
 */
export function authPolicy(statements: readonly AuthStatement[], context: AuthPolicyContext): string | undefined {
  if (statements.length === 0) return undefined;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement, index) => ({
      Sid: `${sidOf(statement)}${index + 1}`,
      Effect: "Allow",
      Principal: principalOf(statement, context),
      Action: "vpc-lattice-svcs:Invoke",
      Resource: "*",
      Condition: conditionsOf(statement, context),
    })),
  });
}

/**
 * How long the policy of some statements can get, in bytes, whatever the ARNs of fleet and network will be.
 *
 * @throws RangeError as {@link authPolicy} does
 */
export function authPolicyBytes(statements: readonly AuthStatement[], place: AwsPlace): number {
  return Buffer.byteLength(authPolicy(statements, { place, ...longestArns(place) }) ?? "");
}

function sidOf({ callers }: AuthStatement): string {
  if (typeof callers !== "string") return "Callers";
  return { proxy: "Proxy", account: "Account", organization: "Organization" }[callers];
}

function principalOf({ callers, organization }: AuthStatement, { place, proxyRoleArn }: AuthPolicyContext) {
  switch (callers) {
    case "proxy":
      if (proxyRoleArn === undefined) throw new RangeError("a statement allows the proxy to call, and there is none");
      return { AWS: proxyRoleArn };
    case "account":
      return { AWS: iamArn(place, "root") };
    case "organization":
      // Whoever does not sign belongs to no organization; without the condition this would be everyone.
      if (!organization) throw new RangeError("a statement allows an organization to call without naming it");
      return "*";
    default:
      if (callers.length === 0) throw new RangeError("a statement names no callers");
      if (callers.some((caller) => /[*?]/.test(caller))) {
        throw new RangeError("a statement allows callers by wildcard: whoever does not sign would be among them");
      }
      return { AWS: callers };
  }
}

function conditionsOf({ organization, methods, paths }: AuthStatement, { networkArn }: AuthPolicyContext) {
  if (methods?.length === 0 || paths?.length === 0) {
    throw new RangeError("a statement with no methods or no paths allows nothing; leave the list out to allow all");
  }
  const unreadable = paths?.find((path) => !path.startsWith("/") || path.includes("${"));
  if (unreadable !== undefined) {
    throw new RangeError(`path ${unreadable}: a path begins with /, and IAM reads \${ as a variable`);
  }
  return someOf({
    StringEquals: someOf({
      "aws:PrincipalOrgID": organization,
      "vpc-lattice-svcs:RequestMethod": methods,
      "vpc-lattice-svcs:ServiceNetworkArn": networkArn,
    }),
    StringLike: someOf({ "vpc-lattice-svcs:RequestPath": paths }),
  });
}

/** IAM takes no condition without keys. */
function someOf<T extends object>(conditions: T): T | undefined {
  return Object.values(conditions).some((value) => value !== undefined) ? conditions : undefined;
}
