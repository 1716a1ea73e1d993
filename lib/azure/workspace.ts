import { LogAnalyticsWorkspace } from "@cdktf/provider-azurerm/lib/log-analytics-workspace";
import { Construct } from "constructs";

import { guarded } from "../terraform";
import type { AzurePlace } from "./place";

/** Properties of a {@link Workspace}. */
export interface WorkspaceProps {
  readonly name: string;
  readonly place: AzurePlace;
  /** Keeps it, and so the logs, from being destroyed. */
  readonly protect: boolean;
  /** How long logs can be queried, in days. @default 90 */
  readonly retentionDays?: number;
}

/** Where logs and metrics go. Whoever writes into it signs in: its keys are off. */
export class Workspace extends Construct {
  readonly id: string;

  constructor(scope: Construct, id: string, { name, place, protect, retentionDays = 90 }: WorkspaceProps) {
    super(scope, id);
    const workspace = new LogAnalyticsWorkspace(this, "Resource", {
      ...place,
      name,
      sku: "PerGB2018",
      retentionInDays: retentionDays,
      localAuthenticationEnabled: false,
      lifecycle: guarded(protect),
    });
    this.id = workspace.id;
  }
}
