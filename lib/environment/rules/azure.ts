import { AllocationError, parseCidr, planVnet } from "../../addresses";
import type { PartialEnvironment } from "../environment";
import { PRIMARY_ADDRESS } from "../sections/azure";
import { type CrossFieldRule, fault, present, twice } from "./rule";

/** Below /16 there is nothing to gain; /22 is the smallest of which a 16th holds a firewall's subnet. */
const VNET_PREFIX_LENGTHS = { shortest: 16, longest: 22 };

/** Azure NAT Gateway and Azure Firewall documentation: public IPs of one. */
const MOST_ADDRESSES = { firewall: 250, natGateway: 16 } as const;

const NETWORK = ["azure", "network"] as const;
const FIREWALL = [...NETWORK, "firewall"] as const;

/** The network that is made here, as far as it was read. */
export function madeVnet(azure: PartialEnvironment["azure"]) {
  const network = azure?.network;
  return network && ("cidr" in network || "firewall" in network) ? network : undefined;
}

/** The network of somebody else, as far as it was read. */
export function existingVnet(azure: PartialEnvironment["azure"]) {
  const network = azure?.network;
  return network && "existing" in network ? network.existing : undefined;
}

/** The VNet's range holds the firewall and all slots. */
export const vnetFits: CrossFieldRule = ({ azure }) => {
  const network = madeVnet(azure);
  const parsed = parseCidr(network?.cidr ?? "");
  if (!parsed.ok) return [];
  const path = [...NETWORK, "cidr"];
  const { shortest, longest } = VNET_PREFIX_LENGTHS;
  if (parsed.cidr.prefixLength < shortest || parsed.cidr.prefixLength > longest) {
    const bounds = `/${shortest} to /${longest}`;
    return [fault(path, `must be ${bounds}`, network?.cidr, `write a range of ${bounds}`)];
  }
  const length = network?.firewall?.subnetPrefixLength;
  if (length === undefined) return [];
  try {
    planVnet(parsed.cidr, length);
    return [];
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error;
    return [
      fault(
        [...FIREWALL, "subnetPrefixLength"],
        "asks for more than the 16th of the VNet that what is shared has",
        length,
        `write ${parsed.cidr.prefixLength + 4} or more, or a larger range into cidr`,
      ),
    ];
  }
};

interface AddressLists {
  readonly publicIps?: readonly (string | undefined)[];
  readonly reservedPublicIps?: readonly (string | undefined)[];
}

/** A name is an address: it stands once, in use or reserved, and there are no more than Azure takes. */
export const addressesStandOnce: CrossFieldRule = ({ azure }) => {
  const network = madeVnet(azure);
  return (["firewall", "natGateway"] as const).flatMap((user) => {
    const lists: AddressLists = network?.[user] ?? {};
    const path = [...NETWORK, user];
    const inUse = present(lists.publicIps);
    const reserved = present(lists.reservedPublicIps);
    const both = reserved
      .filter(({ item }) => inUse.some((other) => other.item === item))
      .map(({ index, item }) =>
        fault([...path, "reservedPublicIps", index], "stands also in publicIps", item, "keep it in one of the two"),
      );
    const total = inUse.length + reserved.length;
    const most = MOST_ADDRESSES[user];
    const tooMany = fault(
      [...path, "reservedPublicIps"],
      `would make ${total} public IPs, and there may be ${most}`,
      undefined,
      "reserve fewer",
    );
    return [
      ...twice([...path, "publicIps"], lists.publicIps),
      ...twice([...path, "reservedPublicIps"], lists.reservedPublicIps),
      ...both,
      ...(total > most && inUse.length <= most ? [tooMany] : []),
    ];
  });
};

/** The address that carries the subnet is there from the first deploy to the last. */
export const primaryStays: CrossFieldRule = ({ azure }, isRefused) => {
  const names = madeVnet(azure)?.firewall?.publicIps;
  const path = [...FIREWALL, "publicIps"];
  if (names === undefined || isRefused(path) || names.some((name) => name === undefined || name === PRIMARY_ADDRESS)) {
    return [];
  }
  return [
    fault(
      path,
      `lacks "${PRIMARY_ADDRESS}", which carries the firewall's subnet and stays for its life`,
      names,
      `write ["${PRIMARY_ADDRESS}", …]`,
    ),
  ];
};

/** A prefix holds as many addresses as its length says. */
export const addressesFitPrefix: CrossFieldRule = ({ azure }) => {
  const { publicIpPrefixLength, publicIps = [], reservedPublicIps = [] } = madeVnet(azure)?.firewall ?? {};
  if (publicIpPrefixLength === undefined) return [];
  const room = 2 ** (32 - publicIpPrefixLength);
  const wanted = publicIps.length + reservedPublicIps.length;
  if (wanted <= room) return [];
  return [
    fault(
      [...FIREWALL, "publicIpPrefixLength"],
      `holds ${room} addresses, and ${wanted} are named`,
      publicIpPrefixLength,
      wanted <= 16 ? "write a smaller number" : "name 16 addresses at most, or leave it out",
    ),
  ];
};

/** What only one tier has does not stand beside the other. */
export const detectionNeedsPremium: CrossFieldRule = ({ azure }) => {
  const { tier, intrusionDetection } = madeVnet(azure)?.firewall ?? {};
  if (tier !== "Standard" || intrusionDetection === undefined) return [];
  return [
    fault(
      [...FIREWALL, "intrusionDetection"],
      "is a feature of the tier Premium",
      intrusionDetection,
      'leave it out, or write tier: "Premium"',
    ),
  ];
};

/** A zonal NAT gateway behind a firewall that never stands in that zone would only add a way to fail. */
export const natZoneIsOfFirewall: CrossFieldRule = ({ azure }) => {
  const network = madeVnet(azure);
  const zone = network?.natGateway?.zone;
  const zones = network?.firewall?.zones;
  if (zone === undefined || zones === undefined || zones.includes(undefined) || zones.includes(zone)) return [];
  return [
    fault(
      [...NETWORK, "natGateway", "zone"],
      "is none of the firewall's zones",
      zone,
      "write one of firewall.zones, or leave it out",
    ),
  ];
};

/**
 * Azure Firewall documentation, "Scale SNAT ports with Azure NAT Gateway" and "Integrate Azure Firewall with NAT Gateway V2": the gateway
 * stands in one zone, takes a zone-redundant firewall down with that, and so needs a firewall of one zone.
 */
export const natZoneIsOnPurpose: CrossFieldRule = ({ azure }, isRefused) => {
  const { natGateway, firewall } = madeVnet(azure) ?? {};
  const zones = new Set(firewall?.zones);
  const path = [...NETWORK, "natGateway", "singleZoneReason"];
  if (natGateway === undefined || natGateway.singleZoneReason !== undefined || isRefused(path)) return [];
  if (zones.size < 2 || zones.has(undefined)) return [];
  return [
    fault(
      path,
      "is missing: the gateway stands in one zone and the firewall in several, so that nothing leaves any more when that zone fails",
      undefined,
      "give the firewall more publicIps instead, write one zone into firewall.zones, or write here why one zone is enough",
    ),
  ];
};

/** What is not made together with the network has to be named. */
export const existingVnetNamesWorkspace: CrossFieldRule = ({ azure }, isRefused) => {
  if (azure?.network === undefined || !("existing" in azure.network)) return [];
  if (azure.monitoring !== undefined || isRefused(["azure", "monitoring"])) return [];
  return [
    fault(
      ["azure", "monitoring"],
      "is missing: a workspace is made only together with a network",
      undefined,
      'add monitoring: { workspaceId: "…" }',
    ),
  ];
};

/** A cluster's subnets are those of the VNet on which it gets its roles, and whose range it keeps clear of. Azure's ids ignore case. */
export const existingSubnetsAreOfVnet: CrossFieldRule = ({ azure }) => {
  const { vnetId, clusters = {} } = existingVnet(azure) ?? {};
  if (vnetId === undefined) return [];
  return Object.entries(clusters).flatMap(([name, subnets]) =>
    (["nodeSubnetId", "apiServerSubnetId"] as const).flatMap((field) => {
      const id = subnets?.[field];
      if (id === undefined || id.toLowerCase().startsWith(`${vnetId.toLowerCase()}/subnets/`)) return [];
      return [
        fault(
          [...NETWORK, "existing", "clusters", name, field],
          "is a subnet of another VNet than vnetId",
          id,
          "write the id of a subnet of that VNet, or correct vnetId",
        ),
      ];
    }),
  );
};

/** Azure Resource Manager documentation, "Use tags to organize your Azure resources": what a tag's name may not hold. */
export const tagsFitAzure: CrossFieldRule = ({ azure, tags }) =>
  azure === undefined
    ? []
    : Object.keys(tags ?? {}).flatMap((key) =>
        key.includes("/") || /^(microsoft|azure|windows)/i.test(key)
          ? [
              fault(
                ["tags", key],
                "is a tag key that Azure refuses",
                undefined,
                "use no slash, and begin with none of microsoft, azure and windows",
              ),
            ]
          : [],
      );

/** In lists whose items each become something of their own, nothing stands twice. */
export const azureListsHaveNoTwins: CrossFieldRule = ({ azure, notify }) => [
  ...twice([...FIREWALL, "zones"], madeVnet(azure)?.firewall?.zones),
  ...twice([...NETWORK, "admit"], madeVnet(azure)?.admit),
  ...twice(["notify", "azureActionGroupIds"], notify?.azureActionGroupIds),
];
