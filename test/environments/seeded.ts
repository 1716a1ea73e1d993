import { defineEnvironment } from "../../lib/environment";

/** Nothing but a bucket for states, whose own state is not in it yet: whoever runs the set brings rights of their own. */
export default defineEnvironment({
  name: "seeded",
  state: { kind: "s3", bucket: "acme-seeded-states", region: "eu-west-1" },
  bootstrap: { bucket: {} },
  aws: { accountId: "888899990000", region: "eu-west-1" },
  allowlist: {},
});
