import { z } from "zod";

import { type CidrResult, explainFault, parseAdmitted, parseCidr } from "../../addresses";
import { expected, says, text } from "../fields";
import { listOf } from "../shapes";

/** An id of Microsoft Entra or of a subscription. */
export const uuid = (what: string) =>
  text({
    pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
    what: `${what}, a UUID in lower case`,
    example: '"11111111-2222-3333-4444-555555555555"',
  });

/** A Region as Azure's resources carry it: the display name `West Europe` would differ from what Azure gives back. */
export const location = text({
  pattern: /^(?!china|usgov|usdod)[a-z]+[a-z0-9]*$/,
  what: "the name of an Azure Region, without spaces (China and Azure Government are not supported)",
  example: '"westeurope"',
});

/** The resource id of something that exists already. */
export const azureId = (what: string, provider: string, type: string, child = "") => {
  const path = `${provider}/${type}`.replaceAll(".", "\\.");
  const inner = child === "" ? "" : `/${child}/[\\w.-]+`;
  return text({
    pattern: new RegExp(
      `^/subscriptions/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/resourceGroups/[\\w.()-]+/providers/${path}/[\\w.-]+${inner}$`,
    ),
    what: `the resource id of ${what}, as Azure writes it`,
    example: `"/subscriptions/…/resourceGroups/network/providers/${provider}/${type}/main${child === "" ? "" : `/${child}/main`}"`,
  });
};

/** A resource group, by its name. */
export const resourceGroupName = text({
  pattern: /^[\w.()-]{0,89}[\w()-]$/,
  what: "the name of a resource group",
  example: '"network"',
});

/** A subnet, by its resource id. */
export const subnetId = (what: string) => azureId(what, "Microsoft.Network", "virtualNetworks", "subnets");

/** One availability zone. */
export const zone = z.literal([1, 2, 3], {
  error: expected("an availability zone: 1, 2 or 3, without quotes", "write 1, 2 or 3"),
});

/** Availability zones; an empty list where the Region has none. */
export const zones = listOf(zone, "a list of availability zones", "[1, 2, 3]");

/** All availability zones that a Region can have. */
export const ALL_ZONES: (1 | 2 | 3)[] = [1, 2, 3];

/** What a user may call a thing that becomes part of an Azure name and of a Terraform address. */
const LABEL = /^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/;

const LABEL_WORDS =
  "a lower-case letter, then lower-case letters, digits and hyphens, 30 in all at most, no hyphen last";

/** The fault of a key that is no label. */
export const labelFault = (what: string) => (key: string) =>
  LABEL.test(key) ? undefined : says(`is not the name of ${what}: ${LABEL_WORDS}`, "rename it");

/** A name that the user chooses. */
export const label = (what: string, example: string) =>
  text({ pattern: LABEL, what: `the name of ${what}: ${LABEL_WORDS}`, example: JSON.stringify(example) });

/** Why somebody wants what is refused without a reason. */
export const reasonFor = (example: string) =>
  text({
    pattern: /^[^\p{Cc}]{10,200}$/u,
    what: "one line of 10 to 200 characters that says why",
    example: JSON.stringify(example),
  });

/** How a field of IPv4 ranges reads one. */
interface RangeSpec {
  /** A range to write instead. */
  readonly example: string;
  /** @default parseCidr */
  readonly parse?: (range: string) => CidrResult;
  /** Taken besides, as it is. @default - nothing */
  readonly besides?: string;
}

function ipv4Range({ example, parse = parseCidr, besides }: RangeSpec) {
  const remedy = `write for example ${JSON.stringify(example)}`;
  const messageOf = (range: string): string | undefined => {
    if (range === besides) return undefined;
    const parsed = parse(range);
    if (parsed.ok) return parsed.cidr.family === "ipv4" ? undefined : says("must be an IPv4 range", remedy);
    const { problem, remedy: ofFault } = explainFault(parsed.fault, range);
    return says(problem, ofFault);
  };
  return z.string({ error: expected("an IPv4 range", remedy) }).check((context) => {
    const message = messageOf(context.value);
    if (message !== undefined) context.issues.push({ code: "custom", input: context.value, message });
  });
}

/** An IPv4 range: neither Azure Firewall's rules nor AKS's authorised ranges know IPv6. */
export const ipv4Cidr = ipv4Range({ example: "10.40.0.0/20" });

/** An IPv4 range that a fence shall admit: as {@link ipv4Cidr}, and not so wide that it would be no fence. */
export const admittedIpv4Cidr = (example: string) => ipv4Range({ example, parse: parseAdmitted });

/** Every IPv4 address, in the one spelling that says so on purpose. */
export const ANYWHERE = "0.0.0.0/0";

/** An IPv4 range, or every address. */
export const openIpv4Cidr = ipv4Range({ example: "203.0.113.0/24", besides: ANYWHERE });
