import { DataTfeOrganizationMembership } from "@cdktf/provider-tfe/lib/data-tfe-organization-membership";
import { NotificationConfiguration } from "@cdktf/provider-tfe/lib/notification-configuration";
import { type TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../names";
import type { Workspace } from "./workspace";

/** Who hears of runs. */
export interface NotificationProps {
  readonly name: string;
  readonly destination:
    | { readonly kind: "slack" | "generic" | "microsoft-teams" }
    | { readonly kind: "email"; readonly addresses: readonly string[] };
  /** Events of HCP Terraform: `run:errored`. */
  readonly triggers: readonly string[];
  readonly organization: string;
  readonly workspaces: readonly Workspace[];
}

/**
 * Tells somebody of the runs of workspaces.
 *
 * The address of a webhook is a secret that its provider takes in no write-only argument, so that it stands in this stack's state; it comes
 * from a sensitive variable of the stack, `notification_<name>_url`.
 */
export class Notification extends Construct {
  constructor(stack: TerraformStack, props: NotificationProps) {
    super(stack, `notify-${props.name}`);
    const { destination } = props;
    const recipients =
      destination.kind === "email"
        ? { emailUserIds: destination.addresses.map((address) => this.#member(props.organization, address)) }
        : { url: addressOf(stack, props.name) };
    for (const workspace of props.workspaces) {
      new NotificationConfiguration(this, workspace.node.id, {
        workspaceId: workspace.id,
        name: props.name,
        destinationType: destination.kind,
        enabled: true,
        triggers: [...props.triggers],
        ...recipients,
      });
    }
  }

  #member(organization: string, email: string): string {
    const id = `member-${fitName(email, NAME_RULES.kubernetesObject)}`;
    return new DataTfeOrganizationMembership(this, id, { organization, email }).userId;
  }
}

function addressOf(stack: TerraformStack, name: string): string {
  return new TerraformVariable(stack, `notification_${name.replaceAll("-", "_")}_url`, {
    type: "string",
    description: `The address of the webhook ${name}`,
    sensitive: true,
    nullable: false,
  }).stringValue;
}
