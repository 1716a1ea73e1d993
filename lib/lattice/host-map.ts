import { gzipSync } from "node:zlib";

/** A public host, and what becomes of its requests. */
export interface ProxiedHost {
  /** A host name, or `*.` and one: every name below it that is no host of its own. */
  readonly host: string;
  /** What the paths that are passed on begin with. */
  readonly paths: readonly string[];
  /** Methods that are passed on. @default - all but TRACE and CONNECT */
  readonly methods?: readonly string[];
  readonly sign: boolean;
  readonly timeoutSeconds: number;
  readonly retries: number;
  /** Where its service is found. */
  readonly upstream: { readonly domain: string; readonly port: number; readonly tls: boolean };
}

/**
 * Bytes of the map of hosts, packed and as text, that fit into a function: AWS Lambda Developer Guide, "Lambda quotas": 4 KB for all
 * environment variables, of which the others and all names take less than 300 bytes.
 */
export const HOST_MAP_LIMIT_BYTES = 3800;

/** The map of hosts as the function reads it, before it is packed. */
export function hostMap(hosts: readonly ProxiedHost[]): Readonly<Record<string, Omit<ProxiedHost, "host">>> {
  return Object.fromEntries(
    hosts.map(({ host, paths, methods, sign, timeoutSeconds, retries, upstream }) => [
      host,
      { upstream, paths, ...(methods && { methods }), sign, timeoutSeconds, retries },
    ]),
  );
}

/** Terraform packs by another library than this one: at most 11 bytes more were measured for small maps, and fewer for large ones. */
const LOOSER_BYTES = 32;

/** Bytes of the map once it is packed and written as text. */
export function packedHostMapBytes(hosts: readonly ProxiedHost[]): number {
  const packed = gzipSync(JSON.stringify(hostMap(hosts))).length;
  return Math.ceil((packed + LOOSER_BYTES) / 3) * 4;
}
