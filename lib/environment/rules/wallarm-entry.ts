import { type Edge, ofEdge } from "./edge";
import { fault, present, twice } from "./rule";
import { comparedFaults } from "./compared-host";

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

/** The load balancer compares a request's host with the names of the edge, and takes not every name for that. */
export const hostsAreComparable = ofEdge(({ fields, at }) => {
  const hosts = [
    ...(fields.domain === undefined ? [] : [{ path: at("domain"), host: fields.domain }]),
    ...present(fields.aliases).map(({ index, item }) => ({ path: at("aliases", index), host: item })),
  ];
  return hosts.flatMap(({ path, host }) => comparedFaults(path, host));
});
