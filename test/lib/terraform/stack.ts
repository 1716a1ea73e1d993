import { join, resolve } from "node:path";

import { App } from "cdktf";
import type { Construct } from "constructs";

import { defineEnvironment, type Environment, type EnvironmentInput } from "../../../lib/environment";
import { RingfenceStack, type RingfenceStackOptions } from "../../../lib/terraform";

/** A stack that holds what a test puts into it. */
export class TestStack extends RingfenceStack {
  constructor(
    scope: Construct,
    environment: Environment,
    name: string,
    options: RingfenceStackOptions = { clouds: ["aws"] },
  ) {
    super(scope, environment, name, options);
  }

  override publish(id: string, value: string | string[], description: string): void {
    super.publish(id, value, description);
  }
}

/** An app that would write where the project does; nothing is written before `synth()`. */
export function appInProject(): App {
  return new App({ outdir: join(resolve(__dirname, "..", "..", ".."), "cdktf.out"), stackTraces: false });
}

/** An environment `prod` in one account, with what matters to a test put in the place of its fields. */
export function prod(fields: Partial<EnvironmentInput> = {}): Environment {
  return defineEnvironment({
    name: "prod",
    state: { kind: "local" },
    aws: { accountId: "111122223333", region: "eu-central-1" },
    ...fields,
  });
}
