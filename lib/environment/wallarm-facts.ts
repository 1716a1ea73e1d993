import type { WallarmEnvironment } from "./environment";
import { parseUpstream, type Upstream } from "./upstream";

/** The upstream of an edge, taken apart. */
export function upstreamOf({ upstream }: Pick<WallarmEnvironment, "upstream">): Upstream {
  const result = parseUpstream(upstream);
  if (!result.ok) throw new Error(`${upstream} is no upstream; a validated environment holds none such`);
  return result.upstream;
}

/** What names the records of an edge, in an environment that may lack fields. */
interface RecordFields {
  readonly domain?: string;
  readonly zoneId?: string;
  readonly upstream?: string;
  readonly upstreamRecord?: { readonly zoneId?: string };
}

/** A DNS record that an edge makes. */
export interface EdgeRecord {
  /** The field that asks for it. */
  readonly field: "zoneId" | "upstreamRecord";
  readonly name: string;
  readonly zoneId: string;
}

/** The DNS records that an edge makes: that of its domain, and that of its upstream. */
export function recordsOf({ domain, zoneId, upstream, upstreamRecord }: RecordFields): readonly EdgeRecord[] {
  const parsed = parseUpstream(upstream ?? "");
  const records = [
    { field: "zoneId", name: domain, zoneId },
    { field: "upstreamRecord", name: parsed.ok ? parsed.upstream.host : undefined, zoneId: upstreamRecord?.zoneId },
  ] as const;
  return records.flatMap(({ field, name, zoneId: zone }) =>
    name === undefined || zone === undefined ? [] : [{ field, name, zoneId: zone }],
  );
}
