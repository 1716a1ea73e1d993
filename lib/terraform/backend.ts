import { isAbsolute, join, relative, resolve, sep } from "node:path";

import { App, CloudBackend, LocalBackend, NamedCloudWorkspace, type TerraformStack } from "cdktf";

import type { Environment } from "../environment";
import { LockedS3Backend } from "./escapes";
import { localStateFile, stateKey, workspaceName } from "../names";

const PROJECT_ROOT = resolve(__dirname, "..", "..");

/**
 * A file of the project as a stack's configuration names it. Terraform runs in the stack's folder of the output; a relative path keeps
 * the JSON the same on every machine.
 *
 * @param file its path from the project's root; an absolute one stays as it is
 */
export function pathFromStack(stack: TerraformStack, file: string): string {
  if (isAbsolute(file)) return file;
  const workingDirectory = resolve(App.of(stack).outdir, "stacks", stack.node.id);
  return relative(workingDirectory, join(PROJECT_ROOT, file)).replaceAll(sep, "/");
}

/** Gives a stack the state backend that its environment asks for. Remote-state references follow from it. */
export function addBackend(stack: TerraformStack, id: string, state: Environment["state"]): void {
  switch (state.kind) {
    case "local":
      new LocalBackend(stack, { path: pathFromStack(stack, localStateFile(id)) });
      return;
    case "s3":
      new LockedS3Backend(stack, {
        bucket: state.bucket,
        key: stateKey(id, state.prefix),
        region: state.region,
        // Without a key Terraform would ask for AES256 and so go past the bucket's own encryption.
        encrypt: state.kmsKeyArn === undefined ? undefined : true,
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
