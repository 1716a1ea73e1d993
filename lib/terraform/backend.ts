import { join, relative, resolve, sep } from "node:path";

import { App, CloudBackend, LocalBackend, NamedCloudWorkspace, type TerraformStack } from "cdktf";

import type { Environment } from "../environment";
import { LockedS3Backend } from "./escapes";
import { localStateFile, stateKey, workspaceName } from "../names";

const PROJECT_ROOT = resolve(__dirname, "..", "..");

/** Terraform runs in the stack's folder of the output; a relative path keeps the JSON the same on every machine. */
function localStatePath(stack: TerraformStack, id: string): string {
  const workingDirectory = resolve(App.of(stack).outdir, "stacks", id);
  return relative(workingDirectory, join(PROJECT_ROOT, localStateFile(id))).replaceAll(sep, "/");
}

/** Gives a stack the state backend that its environment asks for. Remote-state references follow from it. */
export function addBackend(stack: TerraformStack, id: string, state: Environment["state"]): void {
  switch (state.kind) {
    case "local":
      new LocalBackend(stack, { path: localStatePath(stack, id) });
      return;
    case "s3":
      new LockedS3Backend(stack, {
        bucket: state.bucket,
        key: stateKey(id, state.prefix),
        region: state.region,
        encrypt: true,
        kmsKeyId: state.kmsKeyArn,
        profile: state.profile,
        assumeRole: state.roleArn === undefined ? undefined : { roleArn: state.roleArn },
      });
      return;
    case "hcp":
      new CloudBackend(stack, {
        hostname: state.hostname,
        organization: state.organization,
        workspaces: new NamedCloudWorkspace(workspaceName(id), state.project),
      });
  }
}
