import { ClusterSync } from "@cdktf/provider-rancher2/cluster-sync";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { waitsFor } from "./after";

/** Properties of a {@link Connection}. */
export interface ConnectionProps {
  readonly clusterId: string;
  readonly minutes: number;
  /** What must be there before. */
  readonly after: readonly ITerraformDependable[];
}

/** Makes nothing: a deploy stops here until Rancher calls the cluster connected, and fails when that takes too long. */
export class Connection extends Construct {
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, { clusterId, minutes, after }: ConnectionProps) {
    super(scope, id);
    const within = `${minutes}m`;
    this.resource = new ClusterSync(this, "Resource", {
      clusterId,
      timeouts: { create: within, update: within },
      dependsOn: waitsFor(after),
    });
  }
}
