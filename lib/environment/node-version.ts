/** A release of the Wallarm node. */
export interface NodeVersion {
  readonly major: number;
  readonly minor: number;
}

/** The first release of each line whose image the edge is built for, in order. */
export const SUPPORTED_LINES: readonly NodeVersion[] = [
  { major: 6, minor: 13 },
  { major: 7, minor: 1 },
];

/**
 * The first line whose nodes gather all their metrics at one port, and tell their health (Wallarm documentation, "Monitoring the NGINX
 * Node Metrics").
 */
export const FIRST_WITH_METRICS: NodeVersion = { major: 7, minor: 1 };

/** Reads the tag of one release, `7.1.0` or `7.1.0-1`; `undefined` for a tag that may move. */
export function parseNodeVersion(tag: string): NodeVersion | undefined {
  const [, major, minor] = /^(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})\.(?:0|[1-9]\d{0,3})(?:-[\w.]{1,60})?$/.exec(tag) ?? [];
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}

/** Whether a release is of a line that the edge is built for. */
export function isSupported({ major, minor }: NodeVersion): boolean {
  return SUPPORTED_LINES.some((line) => line.major === major && minor >= line.minor);
}

/** Whether a release is of a line or of a later one. */
export function isSince({ major, minor }: NodeVersion, line: NodeVersion): boolean {
  return major > line.major || (major === line.major && minor >= line.minor);
}
