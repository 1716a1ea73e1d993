import { z } from "zod";

import { expected, says } from "../fields";
import { isPlainObject } from "../values";
import { fleet } from "./lattice-fleet";
import { latticeFunction } from "./lattice-function";

const KINDS = '"fleet" or "lambda"';

/** What people and machines outside of VPC Lattice connect to. */
export const ingress = z.discriminatedUnion("kind", [fleet, latticeFunction], {
  error: ({ input }) =>
    isPlainObject(input)
      ? expected(KINDS, `write ${KINDS}`)({ input: input.kind })
      : says("must be an object", 'write { kind: "fleet", zoneId: "Z0123456789ABCDEFGHIJ" }'),
});
