import { parseCidr } from "../../addresses";
import { stackId } from "../../names";
import { aksClusterName } from "../allowlist-facts";
import type { PartialEnvironment } from "../environment";
import type { Fault, Path } from "../violation";
import { madeVnet } from "./azure";
import { type CrossFieldRule, fault, twice } from "./rule";

type Cluster = NonNullable<NonNullable<PartialEnvironment["aks"]>[string]>;
type Foreign = NonNullable<NonNullable<NonNullable<PartialEnvironment["rancher"]>["clusters"]>[string]>;
type Registration = Foreign | NonNullable<Cluster["rancher"]>;

/** A registration of the file and where it stands. */
interface Placed {
  readonly path: Path;
  readonly registration: Registration;
}

const CLUSTERS = ["rancher", "clusters"] as const;

function aksOf({ aks }: PartialEnvironment): readonly { readonly name: string; readonly cluster: Cluster }[] {
  return Object.entries(aks ?? {}).flatMap(([name, cluster]) => (cluster === undefined ? [] : [{ name, cluster }]));
}

function foreignOf({ rancher }: PartialEnvironment): readonly { readonly name: string; readonly cluster: Foreign }[] {
  return Object.entries(rancher?.clusters ?? {}).flatMap(([name, cluster]) =>
    cluster === undefined ? [] : [{ name, cluster }],
  );
}

function registrationsOf(environment: PartialEnvironment): readonly Placed[] {
  return [
    ...foreignOf(environment).map(({ name, cluster }) => ({ path: [...CLUSTERS, name], registration: cluster })),
    ...aksOf(environment).flatMap(({ name, cluster: { rancher } }) =>
      rancher === undefined ? [] : [{ path: ["aks", name, "rancher"], registration: rancher }],
    ),
  ];
}

/** A rule that looks at each registration by itself. */
const ofRegistration =
  (faultsOf: (placed: Placed, isRefused: (path: Path) => boolean) => readonly Fault[]): CrossFieldRule =>
  (environment, isRefused) =>
    registrationsOf(environment).flatMap((placed) => faultsOf(placed, isRefused));

/** A cluster joins the one Rancher server that the environment has. */
export const registrationNeedsServer: CrossFieldRule = (environment, isRefused) =>
  environment.rancher !== undefined || isRefused(["rancher"])
    ? []
    : aksOf(environment)
        .filter(({ cluster }) => cluster.rancher !== undefined)
        .map(({ name }) =>
          fault(
            ["aks", name, "rancher"],
            "joins the Rancher server of the environment, which has no section 'rancher'",
            undefined,
            'add rancher: { url: "https://…" }, or take this out',
          ),
        );

/** A name is one stack and one cluster in Rancher. */
export const foreignNamesAreFree: CrossFieldRule = (environment) =>
  foreignOf(environment).flatMap(({ name, cluster }) => {
    const path = [...CLUSTERS, name];
    const { name: environmentName = "…", aks = {} } = environment;
    if (Object.hasOwn(aks, name)) {
      const problem = `is the name of a cluster of aks, and both would be the stack ${stackId(environmentName, "rancher", name)}`;
      return [fault(path, problem, undefined, `rename it, or take it out and write aks.${name}.rancher`)];
    }
    const twin = Object.keys(aks).find((other) => aksClusterName(environmentName, other) === name);
    // With addresses it would also be that cluster's item, of which the rule of those names tells.
    if (twin === undefined || cluster.egress !== undefined) return [];
    return [fault(path, `is what Rancher calls the cluster ${twin} of aks`, undefined, "rename the cluster")];
  });

/** What a cluster leaves from stands beside its registration: an item with two places would have two writers. */
export const addressesStandOnce: CrossFieldRule = (environment) =>
  foreignOf(environment)
    .filter(({ name }) => Object.hasOwn(environment.allowlist?.clusters ?? {}, name))
    .map(({ name }) =>
      fault(
        ["allowlist", "clusters", name],
        "stands in rancher.clusters too, and an item of the table has one place in the file",
        undefined,
        "move its addresses there, as egress",
      ),
    );

/** Addresses of a cluster go into the table of an allowlist, and nowhere else. */
export const egressNeedsAllowlist: CrossFieldRule = (environment, isRefused) =>
  environment.allowlist !== undefined || isRefused(["allowlist"])
    ? []
    : foreignOf(environment)
        .filter(({ cluster }) => cluster.egress !== undefined)
        .map(({ name }) =>
          fault(
            [...CLUSTERS, name, "egress"],
            "goes into the table of the allowlist, and the environment has no section 'allowlist'",
            undefined,
            "add allowlist: {}, or leave egress out",
          ),
        );

/**
 * Rancher of a hosted import fetches the certificate of the cluster's own administrator (rancher/aks-operator), and then calls the API
 * server from where it stands.
 */
export const hostedReachesCluster: CrossFieldRule = (environment, isRefused) =>
  aksOf(environment).flatMap(({ name, cluster: { rancher, localAccounts, apiServer } }) => {
    const path = ["aks", name];
    if (rancher?.agent !== "hosted") return [];
    const needsAccounts = fault(
      [...path, "localAccounts"],
      'must be true with agent: "hosted": Rancher signs in to the cluster with its local account',
      undefined,
      'write localAccounts: true, or agent: "runCommand"',
    );
    const isPrivate = fault(
      [...path, "apiServer", "access"],
      'keeps Rancher out, which calls the API server itself with agent: "hosted"',
      "private",
      'write agent: "runCommand", or access: "vnetIntegration" with awsEgress: true',
    );
    const needsEgress = fault(
      [...path, "apiServer", "awsEgress"],
      'must be true with agent: "hosted": Rancher calls the API server from the AWS network',
      undefined,
      'write awsEgress: true, or agent: "runCommand"',
    );
    const lacksEgress =
      apiServer !== undefined &&
      apiServer.access !== "private" &&
      !("awsEgress" in apiServer && apiServer.awsEgress === true) &&
      !isRefused([...path, "apiServer", "awsEgress"]);
    return [
      ...(localAccounts === true || isRefused([...path, "localAccounts"]) ? [] : [needsAccounts]),
      ...(apiServer?.access === "private" ? [isPrivate] : []),
      ...(lacksEgress ? [needsEgress] : []),
    ];
  });

/** The host of the server's address, as far as it was read. */
function hostOf({ rancher }: PartialEnvironment): string | undefined {
  return rancher?.url !== undefined && URL.canParse(rancher.url) ? new URL(rancher.url).hostname : undefined;
}

/** Agents elsewhere find the server by its name, and the firewall in front of those in Azure knows it by nothing else. */
export const agentsFindServer: CrossFieldRule = (environment) => {
  const host = hostOf(environment);
  if (host === undefined || registrationsOf(environment).length === 0) return [];
  const refused = (problem: string): readonly Fault[] => [
    fault(["rancher", "url"], problem, environment.rancher?.url, 'write the name of the server, "https://rancher.…"'),
  ];
  if (/(^|\.)localhost$|^127\./.test(host))
    return refused("is this machine, and agents call the server from elsewhere");
  const isAddress = parseCidr(`${host}/32`).ok;
  const isBehindFirewall =
    madeVnet(environment.azure) !== undefined &&
    aksOf(environment).some(({ cluster }) => cluster.rancher !== undefined);
  return isAddress && isBehindFirewall
    ? refused("is an address, and the firewall of azure.network lets agents out to a name")
    : [];
};

const variablesOf = ({ registration }: Placed): readonly (readonly [name: string, value: string])[] =>
  Object.entries(registration.agentEnvironment ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );

/** Who signs in, before the host of an address; Go takes a proxy's address without its scheme, too. */
const namesUser = (name: string, value: string): boolean =>
  /:\/\/[^\s/]*@/.test(value) || (/proxy$/i.test(name) && value.includes("@"));

/** What an agent's variables hold can be read in the state and in the cluster, so it is not shown here either. */
export const agentVariablesHoldNoCredentials = ofRegistration((placed) =>
  variablesOf(placed)
    .filter(([name, value]) => namesUser(name, value))
    .map(([name]) =>
      fault(
        [...placed.path, "agentEnvironment", name],
        "names who signs in, and could be read in the state and in the cluster",
        undefined,
        "write the address alone, and let the proxy know its clients by where they come from",
      ),
    ),
);

/** Rancher documentation, "HTTP Proxy Configuration": without exceptions an agent calls its own cluster through the proxy. */
export const proxiesHaveExceptions = ofRegistration((placed, isRefused) => {
  const path = [...placed.path, "agentEnvironment"];
  const variables = variablesOf(placed);
  const proxy = variables.find(([name, value]) => /^https?_proxy$/i.test(name) && value !== "");
  const hasExceptions =
    variables.some(([name]) => /^no_proxy$/i.test(name)) ||
    ["NO_PROXY", "no_proxy"].some((name) => isRefused([...path, name]));
  if (proxy === undefined || hasExceptions) return [];
  return [
    fault(
      path,
      `sends the agent's calls to its own cluster through ${proxy[0]} too`,
      undefined,
      'add NO_PROXY: "127.0.0.0/8,.svc,.cluster.local" and the range of the cluster\'s services',
    ),
  ];
});

/** Multiples of a byte, or of a processor's thousandth. */
const UNITS: Readonly<Record<string, number>> = { m: 1, "": 1000, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

function amountOf(quantity: string): number {
  const [, number = "", unit = ""] = /^([\d.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  return Number(number) * (UNITS[unit] ?? NaN);
}

/** Kubernetes makes no pod that is promised more than it may use. */
export const requestsWithinLimits = ofRegistration(({ path, registration: { agentScheduling } }) =>
  (["cpu", "memory"] as const).flatMap((resource) => {
    const request = agentScheduling?.requests?.[resource];
    const limit = agentScheduling?.limits?.[resource];
    if (request === undefined || limit === undefined || amountOf(request) <= amountOf(limit)) return [];
    return [
      fault(
        [...path, "agentScheduling", "requests", resource],
        `is more than limits.${resource}, ${limit}`,
        request,
        "write the same or less",
      ),
    ];
  }),
);

/** Each group of a role is a binding of its own. */
export const membersStandOnce = ofRegistration(({ path, registration }) => [
  ...membersTwice([...path, "members"], registration.members),
  ...Object.entries(registration.projects ?? {}).flatMap(([project, fields]) =>
    membersTwice([...path, "projects", project, "members"], fields?.members),
  ),
]);

function membersTwice(path: Path, members: Registration["members"]): readonly Fault[] {
  return Object.entries(members ?? {}).flatMap(([role, groups]) => twice([...path, role], groups));
}
