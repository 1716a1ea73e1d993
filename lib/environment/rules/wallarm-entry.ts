import { parseCidr } from "../../addresses";
import { arnParts } from "../fields";
import { EDGE_DEFAULTS } from "../wallarm-defaults";
import { ofEdge } from "./edge";
import { fault, present, twice } from "./rule";

/** HTTPS needs a certificate, or a zone in which one can be validated. */
export const edgeHasCertificate = ofEdge(({ fields, at, isRefused }) =>
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

/** AWS Certificate Manager API Reference, "RequestCertificate": the first name of a certificate has 64 characters at most. */
const MOST_CERTIFICATE_CHARACTERS = 64;

export const domainFitsCertificate = ofEdge(({ fields, at, isRefused }) => {
  const { domain, zoneId, certificateArn } = fields;
  const isMade = zoneId !== undefined && certificateArn === undefined && !isRefused("certificateArn");
  if (!isMade || domain === undefined || domain.length <= MOST_CERTIFICATE_CHARACTERS) return [];
  return [
    fault(
      at("domain"),
      `has more than the ${MOST_CERTIFICATE_CHARACTERS} characters that ACM takes for the name of a certificate`,
      domain,
      "shorten it, or bring a certificate of your own by certificateArn",
    ),
  ];
});

/** An edge that nobody may connect to has no purpose. */
export const somebodyIsAdmitted = ofEdge(({ fields, at, isRefused }) => {
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
export const ipv6NeedsDualStack = ofEdge(({ fields, at, settled }) =>
  settled<boolean>(fields.dualStack, EDGE_DEFAULTS.dualStack, "dualStack") === false
    ? present(fields.ingress?.cidrs)
        .filter(({ item }) => item.includes(":"))
        .map(({ index, item }) =>
          fault(
            at("ingress", "cidrs", index),
            "is an IPv6 range, and the edge has IPv4 addresses only",
            item,
            "take it out, or write dualStack: true",
          ),
        )
    : [],
);

/** Private subnets have no IPv6 ranges. */
export const dualStackIsPublic = ofEdge(({ fields, at }) =>
  fields.dualStack === true && fields.scheme === "internal"
    ? [fault(at("dualStack"), "is for public edges only, and this one is internal", true, "leave it out")]
    : [],
);

/** A load balancer takes only certificates and web ACLs of its own account and Region. */
export const balancerPartsAreNear = ofEdge(({ fields, at, environment: { aws } }) => {
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
        `lies in another account or Region than the environment, and a load balancer takes only ${what} of its own`,
        found,
        "write one of this account and Region",
      ),
    ];
  });
});

/** Each range and list becomes a rule of a security group, and none stands twice. */
export const ingressStandsOnce = ofEdge(({ fields, at }) => [
  ...twice(at("ingress", "cidrs"), fields.ingress?.cidrs, canonical),
  ...twice(at("ingress", "prefixListIds"), fields.ingress?.prefixListIds),
]);

/** IPv6 ranges have many spellings. */
function canonical(range: string): string {
  const parsed = parseCidr(range);
  return parsed.ok ? parsed.cidr.text : range;
}
