import { ResourceGroup as AzureResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import { Construct } from "constructs";

/** Properties of a {@link ResourceGroup}. */
export interface ResourceGroupProps {
  readonly name: string;
  readonly location: string;
}

/** What holds the resources of one stack. */
export class ResourceGroup extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: ResourceGroupProps) {
    super(scope, id);
    this.name = new AzureResourceGroup(this, "Resource", { ...props }).name;
  }
}
