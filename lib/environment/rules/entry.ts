import { parseCidr } from "../../addresses";
import { ENTRY_DEFAULTS } from "../entry-defaults";
import { arnParts } from "../fields";
import type { Fault, Path } from "../violation";
import { type Entry, ofEntry } from "./edge";
import { fault, present, twice } from "./rule";

/** HTTPS needs a certificate, or a zone in which one can be validated. */
export const entryHasCertificate = ofEntry(({ fields, at, isRefused }) =>
  fields.certificateArn !== undefined ||
  fields.zoneId !== undefined ||
  isRefused("certificateArn") ||
  isRefused("zoneId")
    ? []
    : [
        fault(
          at(),
          "has neither certificateArn nor zoneId, and HTTPS needs a certificate",
          undefined,
          "write the ARN of a certificate, or the Route 53 zone in which one can be made and validated",
        ),
      ],
);

/** An entry that nobody may connect to has no purpose. */
export const somebodyIsAdmitted = ofEntry(({ fields, at, isRefused }) => {
  const { ingress } = fields;
  if (ingress === undefined || isRefused("ingress", "cidrs") || isRefused("ingress", "prefixListIds")) return [];
  if ((ingress.cidrs ?? []).length > 0 || (ingress.prefixListIds ?? []).length > 0) return [];
  return [
    fault(
      at("ingress"),
      "admits nobody: both of its lists are empty",
      undefined,
      "name a range or a prefix list, or leave ingress out for the default",
    ),
  ];
});

/** Without IPv6 addresses nobody connects from one. */
export const ipv6NeedsDualStack = ofEntry(({ fields, at, settled }) =>
  settled<boolean>(fields.dualStack, ENTRY_DEFAULTS.dualStack, "dualStack") === false
    ? present(fields.ingress?.cidrs)
        .filter(({ item }) => item.includes(":"))
        .map(({ index, item }) =>
          fault(
            at("ingress", "cidrs", index),
            "is an IPv6 range, and the load balancer has IPv4 addresses only",
            item,
            "take it out, or write dualStack: true",
          ),
        )
    : [],
);

/** Private subnets have no IPv6 ranges. */
export const dualStackIsPublic = ofEntry(({ fields, at }) =>
  fields.dualStack === true && fields.scheme === "internal"
    ? [fault(at("dualStack"), "is for public load balancers only, and this one is internal", true, "leave it out")]
    : [],
);

/** Load balancers and APIs take only certificates and web ACLs of their own account and Region. */
export const balancerPartsAreNear = ofEntry(({ fields, at, environment: { aws } }) => {
  const front = "front" in fields && fields.front !== "alb" ? "an API" : "a load balancer";
  const parts = [
    ["certificateArn", "certificates"],
    ["webAclArn", "web ACLs"],
  ] as const;
  return parts.flatMap(([field, what]) => {
    const found = fields[field];
    if (found === undefined) return [];
    const { region, accountId } = arnParts(found);
    if (region === (aws?.region ?? region) && accountId === (aws?.accountId ?? accountId)) return [];
    return [
      fault(
        at(field),
        `lies in another account or Region than the environment, and ${front} takes only ${what} of its own`,
        found,
        "write one of this account and Region",
      ),
    ];
  });
});

/** Each range and list becomes a rule of a security group, and none stands twice. */
export const ingressStandsOnce = ofEntry(({ fields, at }) => [
  ...twice(at("ingress", "cidrs"), fields.ingress?.cidrs, canonical),
  ...twice(at("ingress", "prefixListIds"), fields.ingress?.prefixListIds),
]);

/** IPv6 ranges have many spellings. */
function canonical(range: string): string {
  const parsed = parseCidr(range);
  return parsed.ok ? parsed.cidr.text : range;
}

/** The most tasks are not fewer than the fewest. */
export const scalingHasRoom = ofEntry(({ fields, at, settled }) => {
  const { scaling } = ENTRY_DEFAULTS;
  const least = settled<number>(fields.scaling?.minPerZone, scaling.minPerZone, "scaling", "minPerZone");
  const most = settled<number>(fields.scaling?.maxPerZone, scaling.maxPerZone, "scaling", "maxPerZone");
  if (least === undefined || most === undefined || most >= least) return [];
  return [
    fault(
      at("scaling"),
      `has a maxPerZone of ${most}, less than its minPerZone, ${least}`,
      undefined,
      "raise maxPerZone, or lower minPerZone",
    ),
  ];
});

/** A secret as the file names it, and where. */
interface NamedSecret {
  readonly where: Path;
  readonly secretArn?: string;
  readonly kmsKeyArn?: string;
}

/** The secrets of an entry: its registry's, an edge's token, the client secret of a login. */
function secretsOf({ fields }: Entry): readonly NamedSecret[] {
  const token = "token" in fields ? fields.token : undefined;
  const login = "login" in fields ? fields.login : undefined;
  const client = login && "oidc" in login ? login.oidc?.clientSecret : undefined;
  return [
    { where: ["token", "existing"], ...(token && "existing" in token ? token.existing : undefined) },
    { where: ["image", "credentials"], ...fields.image?.credentials },
    {
      where: ["login", "oidc", "clientSecret", "existing"],
      ...(client && "existing" in client ? client.existing : undefined),
    },
  ];
}

/** Secrets can be read from here. */
export const secretsAreNear = ofEntry((entry) => secretsOf(entry).flatMap((named) => secretFaults(entry, named)));

function secretFaults(
  { at, isRefused, environment: { aws } }: Entry,
  { where, secretArn, kmsKeyArn }: NamedSecret,
): readonly Fault[] {
  if (secretArn === undefined) return [];
  const secret = arnParts(secretArn);
  const path = at(...where, "secretArn");
  const isElsewhere = aws?.region !== undefined && secret.region !== aws.region;
  const isForeign = aws?.accountId !== undefined && secret.accountId !== aws.accountId;
  const hasNoKey = kmsKeyArn === undefined && !isRefused(...where, "kmsKeyArn");
  return [
    ...(isElsewhere
      ? [
          fault(
            path,
            `lies in another Region than aws.region, ${aws.region}, and nothing could start or change while that one is away`,
            secretArn,
            "replicate the secret into this Region, and write the replica's ARN",
          ),
        ]
      : []),
    // AWS Secrets Manager User Guide, "Access AWS Secrets Manager secrets from a different account".
    ...(isForeign && hasNoKey
      ? [
          fault(
            path,
            "lies in another account, which can share only secrets under a key of its own",
            secretArn,
            "write that key as kmsKeyArn, or a secret of this account",
          ),
        ]
      : []),
    ...(kmsKeyArn !== undefined && arnParts(kmsKeyArn).region !== secret.region
      ? [
          fault(
            at(...where, "kmsKeyArn"),
            `lies in another Region than the secret, ${secret.region}`,
            kmsKeyArn,
            "write the key that encrypts the secret",
          ),
        ]
      : []),
  ];
}

/** A registry is signed in to only where tasks pull from it by themselves, and Amazon ECR knows their role. */
export const registryAsksForCredentials = ofEntry(({ fields, at, isRefused, environment: { aws } }) => {
  const { credentials, repository } = fields.image ?? {};
  if (credentials === undefined || isRefused("image", "repository")) return [];
  const isCached = repository === undefined && aws?.dockerHub !== undefined;
  const isEcr = repository !== undefined && /\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\//.test(repository);
  if (!isCached && !isEcr) return [];
  const problem = isCached
    ? "has no effect: the image comes through aws.dockerHub, which has credentials of its own"
    : "has no effect: Amazon ECR admits the tasks by their role";
  return [fault(at("image", "credentials"), problem, undefined, "leave it out")];
});
