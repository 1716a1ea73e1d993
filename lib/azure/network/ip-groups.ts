import { IpGroup } from "@cdktf/provider-azurerm/lib/ip-group";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";
import type { AzurePlace } from "../place";

/** Properties of {@link IpGroups}. */
export interface IpGroupsProps {
  /** Begins the name of each. */
  readonly name: string;
  readonly place: AzurePlace;
  /** IPv4 ranges, by the name of their group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

/** Named lists of ranges for rules of a firewall. */
export class IpGroups extends Construct {
  readonly #idByName: ReadonlyMap<string, string>;

  constructor(scope: Construct, id: string, { name, place, groups }: IpGroupsProps) {
    super(scope, id);
    const made: IpGroup[] = [];
    this.#idByName = new Map(
      Object.entries(groups).map(([groupName, cidrs]) => {
        const previous = made.at(-1);
        const group = new IpGroup(this, groupName, {
          ...place,
          name: fitName(`${name}-${groupName}`, NAME_RULES.azureNetwork),
          cidrs: [...cidrs],
          // A group that changes changes the policy with it, which takes one change at a time.
          dependsOn: previous && [previous],
          // Azure keeps a group that a rule still names: the rule goes first.
          lifecycle: { createBeforeDestroy: true },
        });
        made.push(group);
        return [groupName, group.id] as const;
      }),
    );
  }

  /** The id of a group. @throws RangeError when there is none of that name */
  idOf(name: string): string {
    const id = this.#idByName.get(name);
    if (id === undefined) throw new RangeError(`there is no IP group ${name}`);
    return id;
  }
}
