import { cidr } from "../../addresses";

/** The place within the services' range that Kubernetes itself gives to cluster DNS by convention. */
const DNS_PLACE = 10n;

/**
 * The address of cluster DNS in a range of services. Azure takes the two only together.
 *
 * @param serviceCidr an IPv4 range of /28 or larger
 */
export function dnsServiceIp(serviceCidr: string): string {
  const address = cidr(serviceCidr).first + DNS_PLACE;
  return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join(".");
}
