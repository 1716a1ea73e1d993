import type { PartialEnvironment } from "../environment";
import { arnParts } from "../fields";
import { type CrossFieldRule, fault, present } from "./rule";

const ON_FAILURE = ["inspection", "onFailure"] as const;
const PROXY = ["inspection", "proxy"] as const;
const CA = [...PROXY, "bump", "caSecretArn"] as const;

/** Characters of all names that a proxy opens, for which there is room in what an instance is told when it boots (`MOST_SPOKE_RANGES`). */
export const MOST_OPENED_CHARACTERS = 1500;

type IsRefused = Parameters<CrossFieldRule>[1];

/** One arm or two; undefined where what stands there was refused. */
export function modeOf({ inspection }: PartialEnvironment, isRefused: IsRefused) {
  return inspection?.mode ?? (isRefused(["inspection", "mode"]) ? undefined : "one-arm");
}

/** Whether packets pass Suricata; undefined where what stands there was refused. */
export function actionOf({ inspection }: PartialEnvironment, isRefused: IsRefused) {
  return inspection?.action ?? (isRefused(["inspection", "action"]) ? undefined : "ids");
}

/** Whether traffic or its inspection is given up is nobody's choice but the user's. */
export const onFailureIsSaid: CrossFieldRule = (environment, isRefused) => {
  const { inspection } = environment;
  if (inspection === undefined || isRefused(ON_FAILURE)) return [];
  const action = actionOf(environment, isRefused);
  const { onFailure } = inspection;
  const mode = modeOf(environment, isRefused);
  if (action === "ips" && mode !== "two-arm" && onFailure === undefined) {
    return [
      fault(
        ON_FAILURE,
        'is missing: with action "ips", what becomes of traffic while Suricata is gone',
        undefined,
        'write "open" to let it pass uninspected, or "closed" to drop it',
      ),
    ];
  }
  if (action === "ids" && onFailure !== undefined) {
    const problem = 'has no effect with action "ids": Suricata gets a copy, and traffic does not wait for it';
    return [
      fault(
        ON_FAILURE,
        problem,
        onFailure,
        mode === "two-arm" ? "leave it out: two arms only watch" : 'leave it out, or write action: "ips"',
      ),
    ];
  }
  return [];
};

/** What the proxy of two arms sends and gets is its own, and never forwarded: no queue has it. Appliances refuse the two together as well. */
export const twoArmsOnlyWatch: CrossFieldRule = (environment, isRefused) =>
  actionOf(environment, isRefused) === "ips" && modeOf(environment, isRefused) === "two-arm"
    ? [
        fault(
          ["inspection", "action"],
          'cannot stand beside mode "two-arm", whose proxy opens connections of its own: HTTP and TLS would pass Suricata by',
          "ips",
          'leave action and onFailure out (policy has the proxy deny names, and the kernel all else), or write mode: "one-arm"',
        ),
      ]
    : [];

/** Only an appliance with two arms has a proxy. */
export const proxyNeedsTwoArms: CrossFieldRule = (environment, isRefused) =>
  environment.inspection?.proxy !== undefined && modeOf(environment, isRefused) === "one-arm"
    ? [
        fault(
          PROXY,
          'belongs to mode "two-arm": with one arm, packets go back as they came, and no proxy answers them',
          undefined,
          'leave it out, or write mode: "two-arm"',
        ),
      ]
    : [];

/** Principals of other accounts, who give their VPCs the addresses they like. */
export function foreignPrincipals({ inspection, aws }: PartialEnvironment) {
  const own = aws?.accountId;
  if (own === undefined) return [];
  return present(inspection?.endpointService?.allowedPrincipals).filter(({ item }) => arnParts(item).accountId !== own);
}

/** What leaves by an appliance's own interface has lost the endpoint that it came from, and is told apart by addresses alone. */
export const twoArmsKnowTheirClients: CrossFieldRule = (environment, isRefused) => {
  if (modeOf(environment, isRefused) !== "two-arm") return [];
  return foreignPrincipals(environment).map(({ index, item }) =>
    fault(
      ["inspection", "endpointService", "allowedPrincipals", index],
      'is of another account, and mode "two-arm" cannot tell its clients from those of a spoke with the same addresses',
      item,
      'take it out and attach that VPC as one of inspection.spokes, or write mode: "one-arm"',
    ),
  );
};

/** Appliances are told when they boot whose connections they open. */
export const openedNamesHaveRoom: CrossFieldRule = ({ inspection }) => {
  const domains = present(inspection?.proxy?.bump?.domains).map(({ item }) => item);
  const characters = domains.join(" ").length;
  if (characters <= MOST_OPENED_CHARACTERS) return [];
  const problem = `have ${characters} characters in all, and appliances can be told of ${MOST_OPENED_CHARACTERS}`;
  return [fault([...PROXY, "bump", "domains"], problem, undefined, 'write "*.example.com" for all names below it')];
};

/** Appliances read the authority's key when they boot, of the account and Region that they stand in. */
export const authorityIsNear: CrossFieldRule = ({ inspection, aws }) => {
  const secret = inspection?.proxy?.bump?.caSecretArn;
  if (secret === undefined || aws === undefined) return [];
  const { region, accountId } = arnParts(secret);
  if (region === (aws.region ?? region) && accountId === (aws.accountId ?? accountId)) return [];
  const problem = "lies in another account or Region than the environment, of which appliances read no secrets";
  return [fault(CA, problem, secret, "write a secret of this account and Region")];
};
