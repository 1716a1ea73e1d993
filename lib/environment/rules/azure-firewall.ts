import { cidr, contains, parseCidr } from "../../addresses";
import type { PartialEnvironment } from "../environment";
import { ANYWHERE } from "../sections/azure-fields";
import type { Fault, Path } from "../violation";
import { madeVnet } from "./azure";
import { type CrossFieldRule, fault, present } from "./rule";

const RULES = ["azure", "network", "firewall", "rules"] as const;

const MOST_PORT = 65_535;

type Made = NonNullable<ReturnType<typeof madeVnet>>;
type Rules = NonNullable<NonNullable<Made["firewall"]>["rules"]>;
type ApplicationRule = NonNullable<NonNullable<Rules["application"]>[string]>;
type NetworkRule = NonNullable<NonNullable<Rules["network"]>[string]>;
type Sources = ApplicationRule["sources"];

/** A rule of the file with where it stands. */
interface Placed<Rule> {
  readonly path: Path;
  readonly rule: Rule;
}

function applicationRules(azure: PartialEnvironment["azure"]): readonly Placed<ApplicationRule>[] {
  return placed("application", madeVnet(azure)?.firewall?.rules?.application);
}

function networkRules(azure: PartialEnvironment["azure"]): readonly Placed<NetworkRule>[] {
  return placed("network", madeVnet(azure)?.firewall?.rules?.network);
}

function placed<Rule>(kind: string, rules: Readonly<Record<string, Rule | undefined>> = {}): readonly Placed<Rule>[] {
  return Object.entries(rules).flatMap(([name, rule]) =>
    rule === undefined ? [] : [{ path: [...RULES, kind, name], rule }],
  );
}

/** Azure takes a rule's two ends in one way each: by ranges, or by groups, or by names. */
export const ruleEndsAreOfOneKind: CrossFieldRule = ({ azure }, isRefused) => {
  const application = applicationRules(azure).flatMap(({ path, rule }) => [
    ...(rule.sources === undefined
      ? []
      : oneOfThem([...path, "sources"], rule.sources, ["cidrs", "ipGroups"], isRefused)),
    ...oneOfThem(path, rule, ["fqdns", "fqdnTags"], isRefused),
  ]);
  const network = networkRules(azure).flatMap(({ path, rule }) => [
    ...(rule.sources === undefined
      ? []
      : oneOfThem([...path, "sources"], rule.sources, ["cidrs", "ipGroups"], isRefused)),
    ...(rule.destinations === undefined
      ? []
      : oneOfThem(
          [...path, "destinations"],
          rule.destinations,
          ["cidrs", "serviceTags", "fqdns", "ipGroups"],
          isRefused,
        )),
  ]);
  return [...application, ...network];
};

function oneOfThem<Kind extends string>(
  path: Path,
  end: Readonly<Partial<Record<Kind, readonly unknown[]>>>,
  kinds: readonly Kind[],
  isRefused: (path: Path) => boolean,
): readonly Fault[] {
  if (kinds.some((kind) => isRefused([...path, kind]))) return [];
  const written = kinds.filter((kind) => end[kind] !== undefined);
  const list = kinds.join(", ");
  const [only] = written;
  if (written.length === 1 && only !== undefined && end[only]?.length !== 0) return [];
  const problem =
    written.length > 1 ? `holds ${written.join(" and ")}, and Azure takes one of them in a rule` : "names nothing";
  const remedy = written.length > 1 ? "make a rule of each" : `write one of ${list}, with something in it`;
  return [fault(path, problem, undefined, remedy)];
}

/** A rule names only groups that there are. */
export const ipGroupsExist: CrossFieldRule = ({ azure }) => {
  const known = Object.keys(madeVnet(azure)?.firewall?.rules?.ipGroups ?? {});
  const named = [
    ...applicationRules(azure).map(({ path, rule }) => ({ path: [...path, "sources"], end: rule.sources })),
    ...networkRules(azure).flatMap(({ path, rule }) => [
      { path: [...path, "sources"], end: rule.sources },
      { path: [...path, "destinations"], end: rule.destinations },
    ]),
  ];
  return named.flatMap(({ path, end }) =>
    present(end?.ipGroups)
      .filter(({ item }) => !known.includes(item))
      .map(({ index, item }) =>
        fault(
          [...path, "ipGroups", index],
          "is no IP group of this environment",
          item,
          "add it to firewall.rules.ipGroups, or correct the name",
        ),
      ),
  );
};

/** TCP and UDP have 65,535 ports, and a range begins with its lower end. */
export const portsExist: CrossFieldRule = ({ azure }) => {
  const isPort = (port: number): boolean => port >= 1 && port <= MOST_PORT;
  const ports = networkRules(azure).flatMap(({ path, rule }) =>
    present(rule.ports)
      .filter(({ item }) => {
        if (item === "*") return false;
        const [from = 0, to = from] = item.split("-").map(Number);
        return !isPort(from) || !isPort(to) || from > to;
      })
      .map(({ index, item }) => ({ path: [...path, "ports", index], item })),
  );
  const protocols = applicationRules(azure).flatMap(({ path, rule }) =>
    present(rule.protocols)
      .filter(({ item }) => !isPort(Number(item.split(":")[1])))
      .map(({ index, item }) => ({ path: [...path, "protocols", index], item })),
  );
  return [...ports, ...protocols].map(({ path, item }) =>
    fault(path, "holds no port, or a range that ends before it begins", item, `write ports from 1 to ${MOST_PORT}`),
  );
};

/**
 * A rule from everything to everything is no fence. Everything is: as source the whole VNet, as destination every address, whether in one
 * range or in few, all of Azure, where anybody can have an address within minutes, or every host name of a top-level domain.
 */
export const openRulesHaveReasons: CrossFieldRule = ({ azure }, isRefused) => {
  const vnet = madeVnet(azure);
  const fromEverything = (sources: Sources): boolean => isEverythingIn(vnet, sources);
  const open = [
    ...networkRules(azure).filter(
      ({ rule }) => fromEverything(rule.sources) && isEveryAddress(vnet, rule.destinations),
    ),
    ...applicationRules(azure).filter(
      ({ rule }) => fromEverything(rule.sources) && present(rule.fqdns).some(({ item }) => /^\*(\.[^.]+)?$/.test(item)),
    ),
  ];
  return open
    .filter(({ path, rule }) => rule.reason === undefined && !isRefused([...path, "reason"]))
    .map(({ path }) =>
      fault(
        path,
        "lets everything in the VNet reach everything outside",
        undefined,
        "narrow it, or write a reason into the rule",
      ),
    );
};

function isEverythingIn(vnet: Made | undefined, sources: Sources): boolean {
  if (sources === undefined) return true;
  const whole = parseCidr(vnet?.cidr ?? "");
  return (
    whole.ok &&
    rangesOf(vnet, sources).some((text) => {
      const range = parseCidr(text);
      return range.ok && contains(range.cidr, whole.cidr);
    })
  );
}

/** Wider than any network that somebody has: two such ranges can already be all there is. */
const WIDE = 8;

/** RFC 1918 has one range that is as wide, and nobody outside. */
const PRIVATE = cidr("10.0.0.0/8");

/** Azure takes tags in any case. That of one Region, `AzureCloud.WestEurope`, is another tag. */
const OPEN_TAGS: readonly string[] = ["internet", "azurecloud"];

function isEveryAddress(vnet: Made | undefined, destinations: NetworkRule["destinations"]): boolean {
  const tags = present(destinations?.serviceTags);
  return (
    tags.some(({ item }) => OPEN_TAGS.includes(item.toLowerCase())) ||
    rangesOf(vnet, destinations).some((text) => {
      if (text === ANYWHERE) return true;
      const range = parseCidr(text);
      return range.ok && range.cidr.prefixLength <= WIDE && !contains(PRIVATE, range.cidr);
    })
  );
}

/** The ranges of a rule's end, those of its groups too. */
function rangesOf(
  vnet: Made | undefined,
  end: { readonly cidrs?: readonly (string | undefined)[]; readonly ipGroups?: readonly (string | undefined)[] } = {},
): readonly string[] {
  const groups = vnet?.firewall?.rules?.ipGroups ?? {};
  const ofGroups = present(end.ipGroups).flatMap(({ item }) => present(groups[item]));
  return [...present(end.cidrs), ...ofGroups].map(({ item }) => item);
}
