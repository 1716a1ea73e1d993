import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

import { Eip } from "@cdktf/provider-aws/lib/eip";
import { App } from "cdktf";
import type { Construct } from "constructs";

import type { EnvironmentInput } from "../../../lib/environment";
import type { JsonObject } from "../../../lib/policy/terraform-json";
import type * as terraformModule from "../../../lib/terraform";
import { withFolder } from "../../support/folder";
import { objectOf } from "../../support/json";
import { Template } from "../../support/template";
import { appInProject, prod, TestStack } from "./stack";

const REPOSITORY = resolve(__dirname, "..", "..", "..");

interface Backends {
  /** The producer's `terraform` block. */
  readonly terraform: JsonObject;
  /** What the consumer reads the producer's state by. */
  readonly remoteState: JsonObject;
}

/** A producer and a consumer of one address under some kind of state. */
function backends(state: EnvironmentInput["state"]): Backends {
  const app = appInProject();
  const environment = prod({ state });
  const producer = new TestStack(app, environment, "aws-network");
  const consumer = new TestStack(app, environment, "allowlist");
  const address = new Eip(producer, "egress", {}).publicIp;
  new Eip(consumer, "copy", { address });
  const terraform = objectOf(Template.of(producer).configuration.terraform);
  return { terraform, remoteState: Template.of(consumer).data("terraform_remote_state").attributes };
}

describe("local state", () => {
  it("lies in the project's folder state, seen from where Terraform runs", () => {
    const { terraform, remoteState } = backends({ kind: "local" });
    const path = "../../../state/prod-aws-network.tfstate";
    expect(terraform.backend).toEqual({ local: { path } });
    expect(remoteState).toMatchObject({ backend: "local", config: { path } });
    expect(resolve(REPOSITORY, "cdktf.out/stacks/prod-allowlist", path)).toBe(
      join(REPOSITORY, "state/prod-aws-network.tfstate"),
    );
  });

  it("is the same text in every checkout", () => {
    const paths = withFolder((folder) =>
      ["one", "somewhere/else"].map((name) => {
        const checkout = join(folder, name);
        mkdirSync(checkout, { recursive: true });
        cpSync(join(REPOSITORY, "lib"), join(checkout, "lib"), { recursive: true });
        symlinkSync(join(REPOSITORY, "node_modules"), join(checkout, "node_modules"));
        return localBackendOf(checkout);
      }),
    );
    expect(paths).toEqual(Array(2).fill({ local: { path: "../../../state/prod-network.tfstate" } }));
  });
});

/** The backend of a stack, made by the code of one checkout. */
function localBackendOf(checkout: string): unknown {
  const { RingfenceStack } = jest.requireActual<typeof terraformModule>(join(checkout, "lib/terraform"));
  class Network extends RingfenceStack {
    constructor(scope: Construct) {
      super(scope, prod(), "network", { clouds: [] });
    }
  }
  const app = new App({ outdir: join(checkout, "cdktf.out"), stackTraces: false });
  return objectOf(Template.of(new Network(app)).configuration.terraform).backend;
}

describe("state in S3", () => {
  const minimal = { kind: "s3", bucket: "acme-terraform-state", region: "eu-west-1" } as const;
  const full = {
    ...minimal,
    prefix: "team/fences",
    kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    roleArn: "arn:aws:iam::111122223333:role/state",
    profile: "state",
  } as const;

  it("is locked by a file and encrypted as the bucket says, one key for each stack", () => {
    expect(backends(minimal).terraform.backend).toEqual({
      s3: {
        bucket: "acme-terraform-state",
        key: "ringfence/prod-aws-network.tfstate",
        region: "eu-west-1",
        use_lockfile: true,
      },
    });
  });

  it("takes a prefix, a key, a role and a profile", () => {
    expect(backends(full).terraform.backend).toEqual({
      s3: {
        bucket: "acme-terraform-state",
        key: "team/fences/prod-aws-network.tfstate",
        region: "eu-west-1",
        encrypt: true,
        use_lockfile: true,
        kms_key_id: full.kmsKeyArn,
        assume_role: { role_arn: full.roleArn },
        profile: "state",
      },
    });
  });

  it("is read by consumers under the same key, with the same role and profile", () => {
    expect(backends(full).remoteState).toMatchObject({
      backend: "s3",
      config: {
        bucket: "acme-terraform-state",
        key: "team/fences/prod-aws-network.tfstate",
        region: "eu-west-1",
        assume_role: { role_arn: full.roleArn },
        profile: "state",
      },
    });
  });
});

describe("state in HCP Terraform", () => {
  const state = { kind: "hcp", organization: "acme", project: "platform" } as const;

  it("has a workspace of the stack's name, in the project", () => {
    const { terraform } = backends(state);
    expect(terraform.cloud).toEqual({
      organization: "acme",
      workspaces: { name: "prod-aws-network", project: "platform" },
    });
    expect(terraform.backend).toBeUndefined();
  });

  it("is read by consumers from that workspace", () => {
    expect(backends(state).remoteState).toMatchObject({
      backend: "remote",
      config: { organization: "acme", workspaces: { name: "prod-aws-network" } },
    });
  });

  it("can be on a host of one's own", () => {
    const { terraform, remoteState } = backends({ ...state, hostname: "tfe.example.com" });
    expect(terraform.cloud).toMatchObject({ hostname: "tfe.example.com" });
    expect(remoteState.config).toMatchObject({ hostname: "tfe.example.com" });
  });
});
