import { join, resolve } from "node:path";

import { readState, type OtherState } from "../../../lib/terraform";
import { objectOf, textOf } from "../../support/json";
import { Template } from "../../support/template";
import { appInProject, prod, TestStack } from "./stack";

const REPOSITORY = resolve(__dirname, "..", "..", "..");

function configOf(state: OtherState) {
  const stack = new TestStack(appInProject(), prod(), "allowlist");
  readState(stack, "other", state);
  return objectOf(Template.of(stack).data("terraform_remote_state").attributes.config);
}

test("a file is named from the project's root, and found from where Terraform runs", () => {
  const path = textOf(configOf({ kind: "local", path: "../billing/terraform.tfstate" }).path);
  expect(path.startsWith("/")).toBe(false);
  expect(resolve(REPOSITORY, "cdktf.out/stacks/prod-allowlist", path)).toBe(
    join(REPOSITORY, "../billing/terraform.tfstate"),
  );
});

test("a file's absolute path stays as it is", () => {
  expect(configOf({ kind: "local", path: "/srv/states/billing.tfstate" })).toEqual({
    path: "/srv/states/billing.tfstate",
  });
});

test("a workspace may stand in a Terraform Enterprise of one's own", () => {
  const state = { kind: "hcp", hostname: "tfe.example.com", organization: "acme", workspace: "billing" } as const;
  expect(configOf(state)).toEqual({
    hostname: "tfe.example.com",
    organization: "acme",
    workspaces: { name: "billing" },
  });
});

test("an object is read by a profile where one is named", () => {
  const state = { kind: "s3", bucket: "acme", key: "a.tfstate", region: "eu-west-1", profile: "reader" } as const;
  expect(configOf(state)).toEqual({ bucket: "acme", key: "a.tfstate", region: "eu-west-1", profile: "reader" });
});
