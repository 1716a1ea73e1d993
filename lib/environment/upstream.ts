import { parseCidr } from "../addresses";

/** Where an edge passes requests on to, taken apart. */
export interface Upstream {
  readonly protocol: "http" | "https";
  /** A host name in lower case, or an IPv4 address. */
  readonly host: string;
  /** Whether the host is an address. */
  readonly isAddress: boolean;
  readonly port: number;
}

/** What is wrong with the text of an upstream. */
export type UpstreamFault = "scheme" | "path" | "host" | "port";

/** What {@link parseUpstream} found. */
export type UpstreamResult =
  { readonly ok: true; readonly upstream: Upstream } | { readonly ok: false; readonly fault: UpstreamFault };

/** RFC 1123, section 2.1: names as hosts have them, here in lower case and in two labels or more, of which the last is no number. */
export const HOST_NAME =
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?=[a-z0-9-]*[a-z])[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A {@link HOST_NAME} whose first label may be `*`, as certificates have them. */
export const HOST_PATTERN = new RegExp(HOST_NAME.source.replace("^", String.raw`^(\*\.)?`));

const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/** Whether a host is an IPv4 address rather than a name. */
export function isIpv4Address(host: string): boolean {
  const parsed = parseCidr(`${host}/32`);
  return parsed.ok && parsed.cidr.family === "ipv4";
}

/** Reads `http(s)://host[:port]`. */
export function parseUpstream(text: string): UpstreamResult {
  const [, protocol, host = "", port, rest] = /^(https?):\/\/([^/:?#]*)(?::([^/?#]*))?(.*)$/s.exec(text) ?? [];
  if (protocol !== "http" && protocol !== "https") return { ok: false, fault: "scheme" };
  if (rest !== "") return { ok: false, fault: "path" };
  const isAddress = isIpv4Address(host);
  if (!isAddress && !HOST_NAME.test(host)) return { ok: false, fault: "host" };
  if (port !== undefined && !isPort(port)) return { ok: false, fault: "port" };
  const upstream = {
    protocol,
    host,
    isAddress,
    port: port === undefined ? DEFAULT_PORTS[protocol] : Number(port),
  } as const;
  return { ok: true, upstream };
}

const isPort = (text: string): boolean => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535;
