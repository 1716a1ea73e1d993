import { normalize } from "node:path/posix";

import { localStateFile, stateKey } from "../../names";
import type { PartialEnvironment } from "../environment";
import { type Addresses, itemsOfClusters } from "./cluster-items";
import { type CrossFieldRule, fault } from "./rule";

type OtherState = NonNullable<Extract<Addresses, { readonly state?: unknown }>["state"]>;

/**
 * A stack of the same environment shares by itself what others need. Read from its state by name it would come without an order, and
 * perhaps back to the stack that reads it.
 */
export const statesAreOfOthers: CrossFieldRule = (environment) =>
  itemsOfClusters(environment).flatMap(({ path, addresses }) => {
    const state = "state" in addresses ? addresses.state : undefined;
    if (state === undefined || !isOwn(environment, state)) return [];
    return [
      fault(
        [...path, "state"],
        "is the state of a stack of this environment, whose addresses are in the allowlist by themselves",
        undefined,
        "leave its addresses out, or name the state of another configuration",
      ),
    ];
  });

/** Environment names hold no hyphen, so that what begins with the name and one is a stack of this environment. */
function isOwn({ name, state: own }: PartialEnvironment, other: OtherState): boolean {
  if (name === undefined || own === undefined) return false;
  const isNamed = (stateName: string | undefined, ofStack: string): boolean => stateName?.startsWith(ofStack) ?? false;
  switch (other.kind) {
    case "local":
      return own.kind === "local" && isNamed(other.path && normalize(other.path), fileStem(localStateFile(`${name}-`)));
    case "s3":
      return (
        own.kind === "s3" &&
        own.bucket === other.bucket &&
        isNamed(other.key, fileStem(stateKey(`${name}-`, own.prefix)))
      );
    case "hcp":
      return (
        own.kind === "hcp" &&
        own.organization === other.organization &&
        own.hostname === other.hostname &&
        isNamed(other.workspace, `${name}-`)
      );
    case undefined:
      return false;
  }
}

const fileStem = (file: string): string => file.replace(/\.tfstate$/, "");
