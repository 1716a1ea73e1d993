import { parseCidr } from "../../addresses";
import { arnParts } from "../fields";
import { EDGE_DEFAULTS } from "../wallarm-defaults";
import { type Edge, ofEdge } from "./edge";
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

/** Whether the edge's certificate is made with it: for the domain, and no other name. */
const makesCertificate = ({ fields, isRefused }: Edge): boolean =>
  fields.zoneId !== undefined && fields.certificateArn === undefined && !isRefused("certificateArn");

/** AWS Certificate Manager API Reference, "RequestCertificate": the first name of a certificate has 64 characters at most. */
const MOST_CERTIFICATE_CHARACTERS = 64;

export const domainFitsCertificate = ofEdge((edge) => {
  const { domain } = edge.fields;
  if (!makesCertificate(edge) || domain === undefined || domain.length <= MOST_CERTIFICATE_CHARACTERS) return [];
  return [
    fault(
      edge.at("domain"),
      `has more than the ${MOST_CERTIFICATE_CHARACTERS} characters that ACM takes for the name of a certificate`,
      domain,
      "shorten it, or bring a certificate of your own by certificateArn",
    ),
  ];
});

/** A client that asks for a name which the certificate lacks ends the connection. */
export const aliasesAreCertified = ofEdge((edge) =>
  makesCertificate(edge) && present(edge.fields.aliases).length > 0
    ? [
        fault(
          edge.at("aliases"),
          "names other hosts than the domain, and the certificate that is made here has only that",
          undefined,
          "bring a certificate with all names by certificateArn, or make an edge for each",
        ),
      ]
    : [],
);

/** Each name is compared once with what a client asks for. */
export const aliasesStandOnce = ofEdge(({ fields, at }) => [
  ...present(fields.aliases)
    .filter(({ item }) => item === fields.domain)
    .map(({ index, item }) => fault(at("aliases", index), "is the domain, which needs no alias", item, "take it out")),
  ...twice(at("aliases"), fields.aliases),
]);

/** Elastic Load Balancing API Reference, "HostHeaderConditionConfig". */
const MOST_HOST_CHARACTERS = 128;
const LAST_LABEL = /\.[a-z]+$/;

/** The load balancer compares a request's host with the names of the edge, and takes not every name for that. */
export const hostsAreComparable = ofEdge(({ fields, at }) => {
  const hosts = [
    ...(fields.domain === undefined ? [] : [{ path: at("domain"), host: fields.domain }]),
    ...present(fields.aliases).map(({ index, item }) => ({ path: at("aliases", index), host: item })),
  ];
  return hosts
    .filter(({ host }) => host.length > MOST_HOST_CHARACTERS || !LAST_LABEL.test(host))
    .map(({ path, host }) =>
      fault(
        path,
        `is a name that load balancers do not compare: it has more than ${MOST_HOST_CHARACTERS} characters, or not only letters behind its last dot`,
        host,
        "write a shorter name, or one whose last label has letters only",
      ),
    );
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
