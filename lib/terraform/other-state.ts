import {
  DataTerraformRemoteState,
  DataTerraformRemoteStateLocal,
  DataTerraformRemoteStateS3,
  NamedRemoteWorkspace,
  type TerraformRemoteState,
  TerraformStack,
} from "cdktf";
import type { Construct } from "constructs";

import type { ClusterAddresses } from "../environment";
import { pathFromStack } from "./backend";

/** A state that another configuration writes. */
export type OtherState = Extract<ClusterAddresses, { readonly state: unknown }>["state"];

/** Reads the outputs of a state that another configuration writes. A plan fails while there is no such state. */
export function readState(scope: Construct, id: string, state: OtherState): TerraformRemoteState {
  switch (state.kind) {
    case "local":
      return new DataTerraformRemoteStateLocal(scope, id, {
        path: pathFromStack(TerraformStack.of(scope), state.path),
      });
    case "s3":
      return new DataTerraformRemoteStateS3(scope, id, {
        bucket: state.bucket,
        key: state.key,
        region: state.region,
        profile: state.profile,
        assumeRole: state.roleArn === undefined ? undefined : { roleArn: state.roleArn },
      });
    case "hcp":
      return new DataTerraformRemoteState(scope, id, {
        hostname: state.hostname,
        organization: state.organization,
        workspaces: new NamedRemoteWorkspace(state.workspace),
      });
  }
}

/** Where a state lies, for people. */
export function describeState(state: OtherState): string {
  switch (state.kind) {
    case "local":
      return state.path;
    case "s3":
      return `s3://${state.bucket}/${state.key}`;
    case "hcp":
      return `${state.organization}/${state.workspace} of ${state.hostname ?? "HCP Terraform"}`;
  }
}
