import { z } from "zod";

import { expected, says } from "../fields";
import { isSupported, parseNodeVersion, SUPPORTED_LINES } from "../node-version";
import { section } from "../shapes";
import { EDGE_DEFAULTS } from "../wallarm-defaults";
import { imageFields, requestsPerMinute, scalingFields } from "./fargate";

const LINES = SUPPORTED_LINES.map(({ major, minor }) => `${major}.${minor} and later of line ${major}`).join(", ");
const VERSION = "one exact release of the node";
const VERSION_EXAMPLE = `write for example "${EDGE_DEFAULTS.image.version}"`;

const version = z.string({ error: expected(VERSION, VERSION_EXAMPLE) }).check((context) => {
  const found = parseNodeVersion(context.value);
  if (found !== undefined && isSupported(found)) return;
  const message =
    found === undefined
      ? says(`is not ${VERSION}: nodes would change by themselves when the tag moves`, VERSION_EXAMPLE)
      : says(`is of a line that is not supported: ${LINES} are`, VERSION_EXAMPLE);
  context.issues.push({ code: "custom", input: context.value, message });
});

/** The image of the nodes. */
export const image = section('{ version: "7.1.0" }', {
  /** One exact release, from 6.13 (line 6) or 7.1 (line 7) on: `7.1.0`, `7.1.0-1`. A tag that moves is refused. */
  version,
  ...imageFields("wallarm/node"),
});

/** How many nodes run. */
export const scaling = section("{ minPerZone: 1, maxPerZone: 4 }", {
  ...scalingFields,
  /**
   * Requests that one node is to get in a minute. The default, 250 a second, is half of what one core filters on average (Wallarm
   * documentation, "Allocating Resources for Wallarm NGINX Node"); the other of the default's two cores analyses.
   * @default 15000
   */
  requestsPerTargetPerMinute: requestsPerMinute.default(15_000),
});

const ARENA = says("must be a number of gigabytes, 0.1 or more", "write for example 1.5, without quotes");

/** Gigabytes in which a node keeps requests for analysis. */
export const arenaGb = z.number({ error: ARENA }).min(0.1, { error: ARENA });
