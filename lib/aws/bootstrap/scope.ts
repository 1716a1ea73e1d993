import type { AwsPlace } from "../../names";
import { partitionOf } from "../../names";
import { TAG_KEYS } from "../../terraform";
import type { Conditions } from "../iam";

/**
 * What some actions of a service are allowed on. In resources and conditions words in braces are filled in: `{partition}`, `{region}`,
 * `{account}`, `{environment}`, `{boundary}`, and `{name}`, for which all names of the environment stand, besides names of a set that
 * begin otherwise.
 */
export interface Scope {
  /** Begins the Sid; scopes of one Sid become one statement, so they have one set of conditions. */
  readonly sid: string;
  /** Prefix of the actions: `dynamodb`. */
  readonly service: string;
  /** ARNs without what they all begin with, `dynamodb:{region}:{account}:table/{name}`; or `*` alone. */
  readonly resources: readonly string[];
  /** @default - none */
  readonly conditions?: Conditions;
  /** Why wildcards stand in the resources, for those that are left once the braces are filled. */
  readonly because: string;
  /**
   * Finds what the set names but does not make, each match one resource: `$&` in `resources` is the match. Without any there is no
   * statement.
   *
   * @default - none
   */
  readonly mentions?: RegExp;
}

/** Some actions of the scope's service, without its prefix: `DescribeTable`. */
export interface Grant {
  readonly on: Scope;
  readonly actions: readonly string[];
}

/** Allows actions of a scope's service on that scope. */
export function allow(on: Scope, ...actions: readonly string[]): Grant {
  return { on, actions };
}

const RESOURCE_TAG = `aws:ResourceTag/${TAG_KEYS.environment}`;
const REQUEST_TAG = `aws:RequestTag/${TAG_KEYS.environment}`;
const OURS = "{environment}";

const BY_NAME =
  "all names of the environment begin with its own, and no other environment's do: names of environments hold no hyphen";
const BY_TAG = "AWS gives the ids, so the tag of the environment narrows what its names cannot";
const BY_REGION = "takes no narrower resource (Service Authorization Reference); the Region and the account bound it";

/** Resources whose ARNs hold the environment's name. */
export function named(sid: string, service: string, ...resources: readonly string[]): Scope {
  return { sid, service, resources, because: BY_NAME };
}

/** Everything of a service in one Region, for actions that take no narrower resource. */
export function regional(sid: string, service: string, because = BY_REGION): Scope {
  return {
    sid,
    service,
    resources: ["*"],
    conditions: { StringEquals: { "aws:RequestedRegion": "{region}" } },
    because,
  };
}

/** Existing resources that carry the environment's tag. */
export function owned(sid: string, service: string, ...resources: readonly string[]): Scope {
  return {
    sid: `${sid}Own`,
    service,
    resources,
    conditions: { StringEquals: { [RESOURCE_TAG]: OURS } },
    because: BY_TAG,
  };
}

/** Resources that come into being with the environment's tag. */
export function made(sid: string, service: string, ...resources: readonly string[]): Scope {
  return {
    sid: `${sid}Make`,
    service,
    resources,
    conditions: { StringEquals: { [REQUEST_TAG]: OURS } },
    because: BY_TAG,
  };
}

/** Resources that get the environment's tag, unless they carry another environment's. */
export function claimed(sid: string, service: string, ...resources: readonly string[]): Scope {
  return {
    sid: `${sid}Claim`,
    service,
    resources,
    conditions: { StringEquals: { [REQUEST_TAG]: OURS }, StringEqualsIfExists: { [RESOURCE_TAG]: OURS } },
    because: BY_TAG,
  };
}

/** Resources that carry no other environment's tag: what is tagged at once before, whether or not the tag counts already. */
export function claimable(sid: string, service: string, ...resources: readonly string[]): Scope {
  return {
    sid: `${sid}Claimable`,
    service,
    resources,
    conditions: { StringEqualsIfExists: { [RESOURCE_TAG]: OURS } },
    because: BY_TAG,
  };
}

/** Own resources whose other tags change: the environment's stays. */
export function retagged(sid: string, service: string, ...resources: readonly string[]): Scope {
  return {
    sid: `${sid}Retag`,
    service,
    resources,
    conditions: {
      StringEquals: { [RESOURCE_TAG]: OURS },
      "ForAllValues:StringNotEquals": { "aws:TagKeys": [TAG_KEYS.environment] },
    },
    because: BY_TAG,
  };
}

/** Resources of others that the set names, one by one. */
export function mentioned(sid: string, service: string, mentions: RegExp, resource: string): Scope {
  return {
    sid,
    service,
    mentions,
    resources: [resource],
    because:
      "the set names it by an id, which another account may own and share, or by an ARN behind which AWS counts on; both are exact otherwise",
  };
}

/** What fills the braces of a scope. */
export interface Filling {
  readonly environmentName: string;
  readonly place: AwsPlace;
  readonly boundaryArn: string;
  /** What stands for `{name}`. */
  readonly names: readonly string[];
  /** The text in which mentions are looked for: the arguments of one type. */
  readonly text: string;
}

/** The ARNs of a scope. */
export function resourcesOf({ resources, mentions }: Scope, filling: Filling): readonly string[] {
  const matches = mentions === undefined ? [""] : [...new Set(filling.text.match(mentions))].sort();
  return matches.flatMap((match) =>
    resources.flatMap((resource) =>
      resource === "*" || resource === "$&"
        ? [resource.replace("$&", match)]
        : filling.names
            .filter((name, index) => index === 0 || (resource.includes("{name}") && name !== ""))
            .map((name) => arn(fill(resource, filling, name).replace("$&", match), filling)),
    ),
  );
}

/** The conditions of a scope. */
export function conditionsOf({ conditions }: Scope, filling: Filling): Conditions | undefined {
  if (conditions === undefined) return undefined;
  const filled = (text: string): string => fill(text, filling, ownNames(filling));
  return Object.fromEntries(
    Object.entries(conditions).map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries(keys).map(([key, values]) => [
          key,
          typeof values === "string" ? filled(values) : values.map(filled),
        ]),
      ),
    ]),
  );
}

/** All names of an environment. */
export function ownNames({ environmentName }: Pick<Filling, "environmentName">): string {
  return `${environmentName}-*`;
}

function arn(resource: string, { place }: Filling): string {
  return `arn:${partitionOf(place.region)}:${resource}`;
}

function fill(text: string, { environmentName, place, boundaryArn }: Filling, name: string): string {
  return text
    .replaceAll("{boundary}", boundaryArn)
    .replaceAll("{partition}", partitionOf(place.region))
    .replaceAll("{region}", place.region)
    .replaceAll("{account}", place.accountId)
    .replaceAll("{environment}", environmentName)
    .replaceAll("{name}", name);
}
