import { defineEnvironment, type Environment, type EnvironmentInput } from "../../lib/environment";

/** A small environment with an allowlist, and with what matters to a test put in the place of its sections. */
export function environmentWith(sections: Partial<EnvironmentInput> = {}): Environment {
  return defineEnvironment({
    name: "test",
    state: { kind: "local" },
    access: { operators: ["198.18.7.0/24"] },
    aws: { accountId: "111122223333", region: "eu-central-1" },
    allowlist: {},
    ...sections,
  });
}
