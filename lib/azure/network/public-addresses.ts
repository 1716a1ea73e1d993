import { ManagementLock } from "@cdktf/provider-azurerm/lib/management-lock";
import { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
import { PublicIpPrefix } from "@cdktf/provider-azurerm/lib/public-ip-prefix";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";
import { guarded } from "../../terraform";
import type { AzurePlace } from "../place";

/** Properties of {@link PublicAddresses}. */
export interface PublicAddressesProps {
  /** Begins the name of each. */
  readonly name: string;
  readonly place: AzurePlace;
  /** Names of the addresses. An address is its name: adding or taking out one leaves the others alone. */
  readonly names: readonly string[];
  /** Whether the Region has availability zones. */
  readonly zoneRedundant: boolean;
  /** Takes all from one prefix of this length, in bits. @default - each is an address of its own */
  readonly prefixLength?: number;
  /** Keeps them from being released: others admit them. */
  readonly protect: boolean;
}

/**
 * Azure has an address stand in one zone or in all, and makes all of any two (Azure documentation, "Deploy an Azure Firewall with Availability
 * Zones using Azure PowerShell"; terraform-provider-azurerm#18741). In all zones it serves a firewall or a NAT gateway in whichever zone that stands, and
 * so outlives its moving to another.
 */
const ALL_ZONES = ["1", "2", "3"] as const;

/** A fixed public address. */
export interface PublicAddress {
  readonly name: string;
  readonly id: string;
}

/** Fixed public addresses that others admit by what they are, so that each outlives whatever uses it. */
export class PublicAddresses extends Construct {
  /** In the order of the names. */
  readonly addresses: readonly PublicAddress[];
  /** What others admit: each address as a /32 range, or the one prefix that holds them all. */
  readonly cidrs: readonly string[];
  /** The same by the names that routes and lists may call them. */
  readonly rangeByName: ReadonlyMap<string, string>;

  readonly #props: PublicAddressesProps;

  constructor(scope: Construct, id: string, props: PublicAddressesProps) {
    super(scope, id);
    this.#props = props;
    const prefix = props.prefixLength === undefined ? undefined : this.#addPrefix(props.prefixLength);
    const publicIps = props.names.map((name) => ({ name, publicIp: this.#addAddress(name, prefix) }));
    this.addresses = publicIps.map(({ name, publicIp }) => ({ name, id: publicIp.id }));
    this.rangeByName = new Map(
      prefix
        ? [["prefix", prefix.ipPrefix]]
        : publicIps.map(({ name, publicIp }) => [name, `${publicIp.ipAddress}/32`] as const),
    );
    this.cidrs = [...this.rangeByName.values()];
  }

  #addPrefix(prefixLength: number): PublicIpPrefix {
    const { place, protect } = this.#props;
    const prefix = new PublicIpPrefix(this, "Resource", {
      ...place,
      name: this.#nameOf("prefix"),
      prefixLength,
      sku: "Standard",
      zones: this.#zones(),
      lifecycle: guarded(protect),
    });
    this.#lock(this, "Lock", prefix.id);
    return prefix;
  }

  #addAddress(name: string, prefix: PublicIpPrefix | undefined): PublicIp {
    const { place, protect } = this.#props;
    const scope = new Construct(this, name);
    const publicIp = new PublicIp(scope, "Resource", {
      ...place,
      name: this.#nameOf(name),
      sku: "Standard",
      allocationMethod: "Static",
      publicIpPrefixId: prefix?.id,
      zones: this.#zones(),
      // Azure releases no address that is in use. With this, one that leaves the file goes only after its user has let go of it.
      lifecycle: { createBeforeDestroy: true, ...guarded(protect) },
    });
    this.#lock(scope, "lock", publicIp.id);
    return publicIp;
  }

  /** Guards against everybody who is not Terraform: a released address is somebody else's within minutes. */
  #lock(construct: Construct, id: string, scope: string): void {
    if (!this.#props.protect) return;
    new ManagementLock(construct, id, {
      name: "ringfence",
      scope,
      lockLevel: "CanNotDelete",
      notes: "Others admit this address. Take the lock away only to give the address up.",
    });
  }

  #zones(): string[] {
    return this.#props.zoneRedundant ? [...ALL_ZONES] : [];
  }

  /**
   * What an address cannot become where it stands is part of its name, behind a sign that no name of the user's holds: the new address is made
   * before the old one goes, and Azure takes a name once.
   */
  #nameOf(name: string): string {
    const { zoneRedundant, prefixLength } = this.#props;
    const kind = `${zoneRedundant ? "" : "_zoneless"}${prefixLength === undefined ? "" : `_prefix${prefixLength}`}`;
    return fitName(`${this.#props.name}-${name}${kind}`, NAME_RULES.azureNetwork);
  }
}
