import type { Fleet } from "./policy";

/** @internal A service that is decided by the names that clients ask for, not by the addresses they go to. */
export interface NamedService {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  /** As Suricata calls what is spoken there. */
  readonly speech: "tls" | "http" | "dns";
  /** Whether Suricata is who decides. Where it is not, no name has the kernel let anything on. */
  readonly isSuricatas: (fleet: Fleet) => boolean;
}

/** With two arms, a proxy takes connections before they are forwarded; those between spokes pass by their addresses alone. */
const ofWeb = { isSuricatas: ({ mode }: Fleet) => mode === "one-arm" };

/** With two arms, nobody but a Suricata that can drop looks at names that DNS is asked for. */
const ofDns = { isSuricatas: ({ mode, action }: Fleet) => mode === "one-arm" || action === "ips" };

/** @internal QUIC, which hides its names from those who do not decrypt it, is not one of them. */
export const NAMED_SERVICES: readonly NamedService[] = [
  { protocol: "tcp", port: 443, speech: "tls", ...ofWeb },
  { protocol: "tcp", port: 80, speech: "http", ...ofWeb },
  { protocol: "tcp", port: 53, speech: "dns", ...ofDns },
  { protocol: "udp", port: 53, speech: "dns", ...ofDns },
];
