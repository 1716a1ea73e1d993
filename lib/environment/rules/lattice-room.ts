import { createHash } from "node:crypto";

import { HOST_MAP_LIMIT_BYTES, packedHostMapBytes, type ProxiedHost } from "../../lattice";
import type { PartialEnvironment } from "../environment";
import { LATTICE_DEFAULTS } from "../lattice-defaults";
import { existingServices, hostsOf, madeServices } from "./lattice-parts";
import { type CrossFieldRule, fault, present } from "./rule";

/**
 * Characters of hosts, paths and names of services for which there is room in the proxies' configuration, a part of the 64 KiB of a task
 * definition (Amazon ECS Developer Guide, "Amazon ECS service quotas"), beside the most of all else. A test holds the two together.
 */
export const MOST_CHARACTERS = 20_000;

/** About as long as the name is that VPC Lattice gives a service. */
const GENERATED_CHARACTERS = 100;

/** The domains of the services, as far as they are known before they are made. */
const domainsOf = (environment: PartialEnvironment): ReadonlyMap<string, string | undefined> =>
  new Map(
    [...madeServices(environment), ...existingServices(environment)].map(({ name, fields }) => [name, fields.domain]),
  );

/** A fleet knows every host, its paths and what it is passed on to. */
export const hostsHaveRoom: CrossFieldRule = (environment) => {
  if (environment.lattice?.ingress?.kind === "lambda") return [];
  const domains = domainsOf(environment);
  const counts = hostsOf(environment).map(({ name, fields: { service = "", paths } }) => {
    const ofPaths = present(paths).reduce((sum, { item }) => sum + item.length, 0);
    const ofDomain = domains.has(service) ? (domains.get(service)?.length ?? GENERATED_CHARACTERS) : 0;
    return name.length + ofPaths + ofDomain;
  });
  const count = counts.reduce((sum, one) => sum + one, 0);
  if (count <= MOST_CHARACTERS) return [];
  const problem = `have ${count} characters in names and paths, and proxies can be told of ${MOST_CHARACTERS}`;
  return [fault(["lattice", "hosts"], problem, undefined, "write fewer or shorter paths, or make another environment")];
};

/** As long as what VPC Lattice puts into the name of a service, and no easier to pack: two ids of 17 digits, one of 7. */
function generatedName(service: string, region: string): string {
  const digits = createHash("sha256").update(service).digest("hex");
  const [one, other, last] = [digits.slice(0, 17), digits.slice(17, 34), digits.slice(34, 41)];
  return `vpce-${one}-snsa-${other}.${last}.vpc-lattice-svcs.${region}.vpce.amazonaws.com`;
}

/** A function has room for a map of hosts, and less of it than a fleet. */
export const hostsFitFunction: CrossFieldRule = (environment) => {
  const { lattice, aws } = environment;
  if (lattice?.ingress?.kind !== "lambda") return [];
  const domains = domainsOf(environment);
  const region = aws?.region ?? "eu-central-1";
  const hosts = hostsOf(environment).map(({ name, fields }): ProxiedHost => {
    const { service = "", paths, methods, sign, timeoutSeconds, retries } = fields;
    return {
      host: name,
      paths: present(paths).map(({ item }) => item),
      methods: methods && present(methods).map(({ item }) => item),
      sign: sign ?? true,
      timeoutSeconds: timeoutSeconds ?? LATTICE_DEFAULTS.timeoutSeconds,
      retries: retries ?? 1,
      upstream: { domain: domains.get(service) ?? generatedName(service, region), port: 443, tls: true },
    };
  });
  const bytes = packedHostMapBytes(hosts);
  if (bytes <= HOST_MAP_LIMIT_BYTES) return [];
  const problem = `take ${bytes} bytes when they are packed, and a function can be told of ${HOST_MAP_LIMIT_BYTES}`;
  const remedy = 'write fewer or shorter paths, make another environment, or write kind: "fleet"';
  return [fault(["lattice", "hosts"], problem, undefined, remedy)];
};
