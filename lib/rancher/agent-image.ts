import { DataRancher2Setting } from "@cdktf/provider-rancher2/data-rancher2-setting";
import { Token } from "cdktf";
import type { Construct } from "constructs";

/** Rancher's setting of this name. */
const AGENT_IMAGE = "agent-image";

/** The image of the agents that Rancher hands out, which an upgrade of Rancher changes. */
export function agentImage(scope: Construct): string {
  return Token.asString(new DataRancher2Setting(scope, AGENT_IMAGE, { name: AGENT_IMAGE }).value);
}
