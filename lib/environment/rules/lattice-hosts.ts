import type { PartialEnvironment } from "../environment";
import { LATTICE_DEFAULTS } from "../lattice-defaults";
import { API_TIMEOUT_SECONDS, frontOf } from "../lattice-facts";
import { HOST_PATTERN } from "../upstream";
import type { Fault, Path } from "../violation";
import { comparedFaults } from "./compared-host";
import { existingServices, hostsOf, listens, madeServices } from "./lattice-parts";
import { destinationsOf } from "./lattice-services";
import { type CrossFieldRule, fault, twice } from "./rule";

/** Whether a wildcard holds a host: any run of labels stands for its `*`, for load balancers and proxies alike. */
const holds = (wildcard: string, host: string): boolean =>
  wildcard.startsWith("*.") && wildcard !== host && host.endsWith(wildcard.slice(1));

/**
 * The most specific name decides, so that a wildcard may stand beside a host it holds. Where the two lead to different services, or speak
 * differently, whoever mistypes a host would reach the other one: that is refused.
 */
export const wildcardsSwallowNothing: CrossFieldRule = (environment) => {
  const hosts = hostsOf(environment).filter(({ name }) => HOST_PATTERN.test(name));
  return hosts.flatMap(({ name, fields, at }) => {
    const other = hosts.find(
      (held) =>
        holds(name, held.name) &&
        [fields.service, held.fields.service].every((service) => service !== undefined) &&
        (fields.service !== held.fields.service || (fields.protocol ?? "http") !== (held.fields.protocol ?? "http")),
    );
    if (other === undefined) return [];
    const to = other.fields.service === fields.service ? "speaks another protocol" : "leads to another service";
    const problem = `holds ${other.name} too, which ${to}`;
    return [fault(at(), problem, undefined, "write the hosts that are meant, or one below a name of their own")];
  });
};

/** The load balancer compares a request's host with the hosts, and takes not every name for that. */
export const publicHostsAreComparable: CrossFieldRule = (environment) =>
  frontOf(environment.lattice?.ingress) !== "balancer"
    ? []
    : hostsOf(environment)
        .filter(({ name }) => HOST_PATTERN.test(name))
        // The path ends with the host, which needs not be shown again.
        .flatMap(({ name, at }) => comparedFaults(at(), name).map((found) => ({ ...found, got: undefined })));

/** AWS Certificate Manager API Reference, "RequestCertificate": the first name of a certificate has 64 characters at most. */
const MOST_CERTIFICATE_CHARACTERS = 64;

/** Elastic Load Balancing User Guide, "Quotas for your Application Load Balancers": certificates, with the default one. */
const MOST_CERTIFICATES = 26;

/** Certificates that are made here are for the hosts, each a name and what is below it. */
export const hostsFitCertificates: CrossFieldRule = (environment, isRefused) => {
  const ingress = environment.lattice?.ingress;
  if (ingress?.zoneId === undefined || ingress.certificateArn !== undefined) return [];
  if (isRefused(["lattice", "ingress", "certificateArn"])) return [];
  const hosts = hostsOf(environment).map(({ name, at }) => ({ name: name.replace(/^\*\./, ""), at }));
  const remedy = "bring a certificate of your own by ingress.certificateArn";
  const long = hosts
    .filter(({ name }) => name.length > MOST_CERTIFICATE_CHARACTERS)
    .map(({ at }) =>
      fault(
        at(),
        `has more than the ${MOST_CERTIFICATE_CHARACTERS} characters that ACM takes for the name of a certificate`,
        undefined,
        `shorten it, or ${remedy}`,
      ),
    );
  const count = new Set(hosts.map(({ name }) => name)).size;
  // API Gateway has a domain for each host, and a certificate for each domain.
  if (count <= MOST_CERTIFICATES || frontOf(ingress) !== "balancer") return long;
  const problem = `need ${count} certificates, and a load balancer has ${MOST_CERTIFICATES}`;
  return [fault(["lattice", "hosts"], problem, undefined, `${remedy}, with wildcards`), ...long];
};

/** Seconds in which a proxy's own answer reaches a client before what stands in front of it gives up. */
const ANSWER_MARGIN_SECONDS = 5;

/** When the front gives up, how a file says it, and what can be done about it. */
function patienceOf(
  { lattice }: PartialEnvironment,
  isRefused: (path: Path) => boolean,
): { readonly seconds: number; readonly whose: string; readonly remedy: string } | undefined {
  const ingress = lattice?.ingress;
  const front = frontOf(ingress);
  if (front === undefined) return undefined;
  if (front !== "balancer") {
    const seconds = API_TIMEOUT_SECONDS[front];
    const api = front === "httpApi" ? "an HTTP API" : "a REST API";
    return { seconds, whose: `the ${seconds} after which ${api} gives up`, remedy: 'lower it, or write front: "alb"' };
  }
  if (isRefused(["lattice", "ingress", "idleTimeoutSeconds"])) return undefined;
  return {
    seconds: ingress?.idleTimeoutSeconds ?? LATTICE_DEFAULTS.idleTimeoutSeconds,
    whose: "ingress.idleTimeoutSeconds, when the load balancer gives up",
    remedy: "lower it, or raise ingress.idleTimeoutSeconds",
  };
}

/** The front would answer before the proxies do. */
export const hostsAnswerInTime: CrossFieldRule = (environment, isRefused) => {
  const patience = patienceOf(environment, isRefused);
  if (patience === undefined) return [];
  const longest = patience.seconds - ANSWER_MARGIN_SECONDS;
  return hostsOf(environment).flatMap(({ fields, at }) => {
    const timeout = fields.timeoutSeconds ?? LATTICE_DEFAULTS.timeoutSeconds;
    if (timeout <= longest || isRefused(at("timeoutSeconds"))) return [];
    const problem = `is longer than ${longest}, ${ANSWER_MARGIN_SECONDS} less than ${patience.whose}`;
    return [fault(at("timeoutSeconds"), problem, timeout, patience.remedy)];
  });
};

type Version = "http1" | "http2" | "grpc";

/** What the targets behind a host speak; nothing where some of it is not known. */
function versionsBehind(
  environment: PartialEnvironment,
  isRefused: (path: Path) => boolean,
  name: string,
): readonly Version[] {
  const service = madeServices(environment).find((made) => made.name === name);
  if (service === undefined) return [];
  const reached = destinationsOf(service).flatMap(({ weights }) =>
    Object.keys(weights).filter((group) => (weights[group] ?? 0) > 0),
  );
  const versions = reached.map((key): Version | undefined => {
    const group = service.fields.targets?.[key];
    if (group === undefined || isRefused(service.at("targets", key, "protocolVersion"))) return undefined;
    return listens(group) ? (group.protocolVersion ?? "http1") : "http1";
  });
  return versions.includes(undefined) ? [] : versions.filter((version) => version !== undefined);
}

/**
 * VPC Lattice User Guide, "Target groups", "Protocol version": targets of gRPC take nothing else, and gRPC reaches those of HTTP/2 too. It
 * needs HTTP/2, which is agreed on by TLS.
 */
export const hostsSpeakAsTargets: CrossFieldRule = (environment, isRefused) =>
  hostsOf(environment).flatMap(({ fields: { service = "", protocol = "http" }, at }): readonly Fault[] => {
    const versions = versionsBehind(environment, isRefused, service);
    if (versions.length === 0 || isRefused(at("protocol"))) return [];
    const targets = `the targets of ${service}`;
    if (protocol === "http" && versions.every((version) => version === "grpc")) {
      return [fault(at("protocol"), `is "http", and ${targets} take only gRPC`, undefined, 'write protocol: "grpc"')];
    }
    if (protocol === "grpc" && versions.every((version) => version === "http1")) {
      const problem = `needs targets that speak it, and ${targets} speak HTTP/1.1`;
      return [fault(at("protocol"), problem, protocol, 'write protocolVersion: "grpc" in a group of the service')];
    }
    return [];
  });

/** gRPC needs HTTP/2, which clients and VPC Lattice agree on by TLS; it calls by POST, and programs follow no login. */
export const grpcIsCarried: CrossFieldRule = (environment) => {
  const { lattice } = environment;
  const login = lattice?.ingress?.login;
  return hostsOf(environment).flatMap(({ fields: { service = "", protocol, methods }, at }) => {
    if (protocol !== "grpc") return [];
    const called = [...madeServices(environment), ...existingServices(environment)].find(
      ({ name }) => name === service,
    );
    return [
      ...(called?.fields.listener?.protocol === "http"
        ? [
            fault(
              at("protocol"),
              `needs HTTP/2, and ${service} listens without TLS, by which VPC Lattice agrees on it`,
              protocol,
              'write listener: { protocol: "https" } there',
            ),
          ]
        : []),
      ...(methods !== undefined && !methods.includes("POST") && !methods.includes(undefined)
        ? [fault(at("methods"), "lets no call through: gRPC calls by POST", undefined, "leave it out")]
        : []),
      ...(login && "oidc" in login
        ? [
            fault(
              at("protocol"),
              "is called by programs, which follow no login in a browser",
              protocol,
              "write login: { jwt: … }, or make another environment for this host",
            ),
          ]
        : []),
    ];
  });
};

/** Lists of a host name each thing once. */
export const hostListsHaveNoTwins: CrossFieldRule = (environment) =>
  hostsOf(environment).flatMap(({ fields, at }) => [
    ...twice(at("paths"), fields.paths),
    ...twice(at("methods"), fields.methods),
  ]);
