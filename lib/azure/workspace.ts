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
  /** Whether its keys are on. Defender for Containers signs in with them and with nothing else; all others are people or machines of Entra. */
  readonly keys: boolean;
  /** How long logs can be queried, in days. @default 90 */
  readonly retentionDays?: number;
}

/** Where logs and metrics go. */
export class Workspace extends Construct {
  readonly id: string;

  constructor(scope: Construct, id: string, { name, place, protect, keys, retentionDays = 90 }: WorkspaceProps) {
    super(scope, id);
    const workspace = new LogAnalyticsWorkspace(this, "Resource", {
      ...place,
      name,
      sku: "PerGB2018",
      retentionInDays: retentionDays,
      localAuthenticationEnabled: keys,
      lifecycle: guarded(protect),
    });
    this.id = workspace.id;
  }
}
