import { AUTH_POLICY_LIMIT_BYTES, authPolicyBytes, type AuthStatement } from "../../lattice";
import type { PartialEnvironment } from "../environment";
import type { Path } from "../violation";
import { existingNetwork, hasProxies, hostsOf, madeServices, makesNetwork, type Statements } from "./lattice-parts";
import { type CrossFieldRule, fault, present, twice } from "./rule";

interface Policy {
  readonly path: Path;
  readonly statements: Statements;
}

/** The auth policies that the file writes out. */
function policiesOf(environment: PartialEnvironment): readonly Policy[] {
  const network = environment.lattice?.network;
  const ofNetwork = network && "allow" in network ? network.allow : undefined;
  return [
    ...(ofNetwork === undefined ? [] : [{ path: ["lattice", "network", "allow"], statements: ofNetwork }]),
    ...madeServices(environment).flatMap(({ fields: { allow }, at }) =>
      allow === undefined ? [] : [{ path: at("allow"), statements: allow }],
    ),
  ];
}

/** What a word for callers stands for is there. */
export const callersExist: CrossFieldRule = (environment, isRefused) => {
  const proxies = hasProxies(environment, isRefused);
  return policiesOf(environment).flatMap(({ path, statements }) =>
    present(statements).flatMap(({ index, item: { callers, organization } }) => {
      const at = (...keys: Path): Path => [...path, index, ...keys];
      if (callers === "proxy" && proxies === false) {
        const problem = "are the proxies made here, and the section has no ingress";
        return [fault(at("callers"), problem, callers, "name the callers by ARN, or add an ingress")];
      }
      if (callers === "organization" && organization === undefined && !isRefused(at("organization"))) {
        const problem = "are an organization that is not named";
        return [fault(at("callers"), problem, callers, 'add organization: "o-a1b2c3d4e5"')];
      }
      if ((callers === "proxy" || callers === "account") && organization !== undefined) {
        const problem = `has no effect beside callers: "${callers}", who are of this account`;
        return [fault(at("organization"), problem, organization, 'leave it out, or write callers: "organization"')];
      }
      return [];
    }),
  );
};

/** Lists of a statement name each thing once. */
export const statementsHaveNoTwins: CrossFieldRule = (environment) =>
  policiesOf(environment).flatMap(({ path, statements }) =>
    present(statements).flatMap(({ index, item: { callers, methods, paths } }) => [
      ...(typeof callers === "object" ? twice([...path, index, "callers"], callers) : []),
      ...twice([...path, index, "methods"], methods),
      ...twice([...path, index, "paths"], paths),
    ]),
  );

/** What was read of a list. */
const read = <Item>(items: readonly (Item | undefined)[] | undefined): readonly Item[] | undefined =>
  items && present(items).map(({ item }) => item);

/** What was read of some statements; of what was refused, the policy only gets longer. */
function readStatements(statements: Statements): readonly AuthStatement[] {
  return present(statements).flatMap(({ item: { callers: written, organization, ...lists } }) => {
    const callers = typeof written === "object" ? read(written) : written;
    const [methods, paths] = [read(lists.methods), read(lists.paths)];
    if (callers === undefined || (callers === "organization" && organization === undefined)) return [];
    return [callers, methods, paths].some((list) => list?.length === 0)
      ? []
      : [{ callers, organization, methods, paths }];
  });
}

/** VPC Lattice takes auth policies up to a size. */
export const policiesAreSmall: CrossFieldRule = (environment) => {
  const { accountId = "111122223333", region = "eu-central-1" } = environment.aws ?? {};
  return policiesOf(environment).flatMap(({ path, statements }) => {
    const bytes = authPolicyBytes(readStatements(statements), { accountId, region });
    if (bytes <= AUTH_POLICY_LIMIT_BYTES) return [];
    const problem = `makes an auth policy of up to ${bytes} bytes, and VPC Lattice takes ${AUTH_POLICY_LIMIT_BYTES}`;
    const remedy = "write account or organization for many callers, one path with * for many, or make two services";
    return [fault(path, problem, undefined, remedy)];
  });
};

/** What nobody asks protects nothing. */
export const policiesAreAsked: CrossFieldRule = (environment) =>
  madeServices(environment).flatMap(({ fields: { auth, allow }, at }) =>
    auth === "none" && allow !== undefined
      ? [fault(at("allow"), 'has no effect with auth: "none"', undefined, 'leave it out, or write auth: "iam"')]
      : [],
  );

/** A service allows somebody. */
export const servicesAllowSomebody: CrossFieldRule = (environment, isRefused) => {
  // Hosts without an ingress have their message: the ingress that is missing brings the proxies.
  const isMeantToHave = Object.keys(environment.lattice?.hosts ?? {}).length > 0 || isRefused(["lattice", "hosts"]);
  if (hasProxies(environment, isRefused) !== false || isMeantToHave) return [];
  return madeServices(environment).flatMap(({ fields: { auth, allow }, at }) => {
    if (auth === "none" || allow !== undefined || isRefused(at("allow")) || isRefused(at("auth"))) return [];
    const problem = "allows nobody: unless 'allow' names others it is the proxies, and the section has no ingress";
    return [fault(at(), problem, undefined, 'add allow: [{ callers: "account" }]')];
  });
};

/** Whether a policy names the proxies, by a word that holds them or by their account. */
function admitsProxies(statements: Statements, accountId: string | undefined): boolean {
  const isOwn = (arn: string | undefined): boolean =>
    arn === undefined || accountId === undefined || arn.endsWith(`:iam::${accountId}:root`);
  return statements.some((statement) => {
    const callers = statement?.callers;
    return typeof callers === "object" ? callers.some(isOwn) : true;
  });
}

/** Proxies that the policy of a network or service does not name are refused on every request. */
export const proxiesAreAdmitted: CrossFieldRule = (environment, isRefused) => {
  if (hasProxies(environment, isRefused) !== true) return [];
  const led = new Set(hostsOf(environment).map(({ fields: { service } }) => service));
  const asked = new Set(
    madeServices(environment)
      .filter(({ name }) => led.has(name))
      .map(({ at }) => at("allow").join()),
  );
  return policiesOf(environment).flatMap(({ path, statements }) => {
    const isOfNetwork = path[1] === "network";
    if (!isOfNetwork && !asked.has(path.join())) return [];
    if (admitsProxies(statements, environment.aws?.accountId)) return [];
    const problem = isOfNetwork
      ? "does not name the proxies: whatever a service allows them, the network refuses"
      : "does not name the proxies, and hosts lead here: every request would be answered 403";
    return [fault(path, problem, undefined, 'add { callers: "proxy" }')];
  });
};

/** Only a network of somebody else can admit who does not sign, and no policy of a service made here does. */
export const hostsSignWhereAsked: CrossFieldRule = (environment, isRefused) => {
  const made = new Map(madeServices(environment).map(({ name, fields }) => [name, fields]));
  return hostsOf(environment).flatMap(({ fields: { service = "", sign }, at }) => {
    if (sign !== false) return [];
    const fields = made.get(service);
    const isAsked =
      fields !== undefined && fields.auth !== "none" && !isRefused(["lattice", "services", service, "auth"]);
    const asks = makesNetwork(environment, isRefused)
      ? "the service network"
      : isAsked && existingNetwork(environment) !== undefined
        ? `the service ${service}`
        : undefined;
    if (asks === undefined) return [];
    const problem = `leaves requests unsigned, and ${asks} refuses all that nobody signed`;
    return [fault(at("sign"), problem, false, "leave it out")];
  });
};
