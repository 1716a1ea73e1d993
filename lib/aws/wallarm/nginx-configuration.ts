import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { cidr } from "../../addresses";
import { fillTemplate } from "./fill-template";

/** How requests with malicious content are treated (Wallarm, "Filtration Mode"). */
export type NodeMode = "monitoring" | "safe_blocking" | "block";

/** Where a node passes requests on to. */
export interface NodeUpstream {
  readonly protocol: "http" | "https";
  /** Host name, or with plain HTTP an IPv4 address. */
  readonly host: string;
  readonly port: number;
}

/** What a node's NGINX must know. */
export interface NginxProps {
  readonly mode: NodeMode;
  /** Application that Wallarm books the requests under; positive. @default - Wallarm's default application */
  readonly applicationId?: number;
  readonly upstream: NodeUpstream;
  /** Whose name the upstream gets as `Host`: the one that the client asked for, or its own. */
  readonly hostHeader: "client" | "upstream";
  /** Certificates (PEM) of who signs the upstream's; only with `https`. @default - the authorities that the image trusts */
  readonly upstreamCaPem?: string;
  /** Largest request body, in units of 1024 * 1024 bytes. */
  readonly maxBodyMb: number;
  /** Idle timeout of the load balancer; at least 10 s. */
  readonly idleTimeoutSeconds: number;
  /**
   * CIDRs of proxies in front of the load balancer, a CDN's for example. The client is then the last address of X-Forwarded-For
   * that is neither theirs nor the VPC's: who sends from one of those ranges is believed about the address before.
   */
  readonly trustedProxies: readonly string[];
  /** The VPC's IPv4 range, in which the load balancer has its addresses. */
  readonly vpcCidr: string;
}

/** Port that a node listens on. */
export const NODE_PORT = 8080;

/** Where a node tells about itself: to the load balancer's health checks and to itself; nobody else finds it. */
export const STATUS_PATH = "/wallarm-status";

/** Under which the image asks its own enforcement of API specifications; nobody else finds it either. */
export const SPECIFICATION_PATH = "/wallarm-apifw";

/** Where start.sh puts the certificates of `upstreamCaPem`. */
const OWN_CERTIFICATES = "/etc/nginx/upstream-ca.pem";

/** The authorities that Alpine's `ca-certificates-bundle` brings. */
const SYSTEM_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** How much longer than the load balancer a node keeps an idle connection, in seconds. */
const KEEP_ALIVE_MARGIN_SECONDS = 15;

/** Two attempts to connect of 2 s each, and one second to send the 504 in. */
const ANSWER_MARGIN_SECONDS = 5;

const TEMPLATE = join(__dirname, "nginx.conf");

/**
 * The node's NGINX configuration, complete but for the name servers.
 *
 * @throws Error naming the value that cannot stand in it
 */
export function nginxConfiguration(props: NginxProps): string {
  const { upstream } = props;
  checkUpstream(upstream);
  checkCertificates(props);
  const idleSeconds = whole("idleTimeoutSeconds", props.idleTimeoutSeconds, 2 * ANSWER_MARGIN_SECONDS);
  const vpcCidr = network("vpcCidr", props.vpcCidr);
  const trustedProxies = props.trustedProxies.map((range) => network("trustedProxies", range));

  return fillTemplate(readFileSync(TEMPLATE, "utf8"), {
    upstreamProtocol: upstream.protocol,
    upstreamHost: upstream.host,
    upstreamPort: upstream.port,
    hostHeader: props.hostHeader === "client" ? "$host" : authority(upstream),
    trustedCertificates: props.upstreamCaPem === undefined ? SYSTEM_CERTIFICATES : OWN_CERTIFICATES,
    trustedAddresses: [vpcCidr, ...trustedProxies],
    realIpRecursive: trustedProxies.length === 0 ? "off" : "on",
    vpcCidr,
    mode: props.mode,
    applicationId: props.applicationId === undefined ? [] : [whole("applicationId", props.applicationId, 1)],
    maxBodyMb: whole("maxBodyMb", props.maxBodyMb, 1),
    idleSeconds,
    keepAliveSeconds: idleSeconds + KEEP_ALIVE_MARGIN_SECONDS,
    upstreamSeconds: idleSeconds - ANSWER_MARGIN_SECONDS,
  });
}

/** Amazon ECS takes 64 KiB for a whole task definition; the configuration and the scripts need 16 of them. */
const MAX_CERTIFICATES_BYTES = 32 * 1024;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/**
 * Nothing but certificates gets through, for anyone who may describe the task definition reads them; and each can be read, for
 * NGINX would not start with a broken one.
 */
function checkCertificates({ upstreamCaPem, upstream }: NginxProps): void {
  if (upstreamCaPem === undefined) return;
  if (upstream.protocol === "http") {
    throw new Error("upstreamCaPem has nothing to verify: the upstream speaks plain HTTP");
  }
  if (Buffer.byteLength(upstreamCaPem) > MAX_CERTIFICATES_BYTES) {
    throw new Error(
      `upstreamCaPem must have at most ${MAX_CERTIFICATES_BYTES} bytes, for it travels in the task definition`,
    );
  }
  const certificates = upstreamCaPem.match(CERTIFICATE) ?? [];
  if (certificates.length === 0 || upstreamCaPem.replace(CERTIFICATE, "").trim() !== "") {
    throw new Error("upstreamCaPem must hold one or more certificates in PEM and nothing else");
  }
  certificates.forEach((certificate, index) => {
    try {
      new X509Certificate(certificate);
    } catch (error) {
      throw new Error(`upstreamCaPem: certificate ${index + 1} cannot be read`, { cause: error });
    }
  });
}

const HOST = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i;
const IPV4 = /^[0-9.]+$/;

function checkUpstream({ protocol, host, port }: NodeUpstream): void {
  if (!HOST.test(host))
    throw new Error(`upstream.host must be a host name or an IPv4 address (got ${JSON.stringify(host)})`);
  if (whole("upstream.port", port, 1) > 65535) throw new Error(`upstream.port must be at most 65535 (got ${port})`);
  if (protocol === "https" && IPV4.test(host)) {
    throw new Error(
      `upstream.host must be a name with https: NGINX verifies no certificate for an address (got ${host})`,
    );
  }
}

function authority({ protocol, host, port }: NodeUpstream): string {
  return port === (protocol === "https" ? 443 : 80) ? host : `${host}:${port}`;
}

function network(name: string, text: string): string {
  try {
    return cidr(text).text;
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function whole(name: string, value: number, lowest: number): number {
  if (!Number.isSafeInteger(value) || value < lowest) {
    throw new Error(`${name} must be a whole number of at least ${lowest} (got ${value})`);
  }
  return value;
}
