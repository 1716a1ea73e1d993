import { CloudBackend, TerraformElement, TerraformOutput, TerraformResource, TerraformStack } from "cdktf";
import type { Construct, Node } from "constructs";

import type { Environment } from "../environment";
import { addBackend } from "./backend";
import { requireTerraformVersion } from "./escapes";
import { logicalId } from "./logical-id";

/**
 * The oldest Terraform the stacks run on: 1.11 brought write-only arguments, and 1.10 the S3 lock file (HashiCorp,
 * "Terraform v1.11 upgrade guide").
 */
export const TERRAFORM_VERSION = ">= 1.11.0";

/**
 * What every stack has, whether it is of an environment or of something around all of them: the state backend, the Terraform version
 * floor, and addresses that read as they are written in the code (`aws_dynamodb_table.clusters`), because those addresses are a contract
 * with every state that exists.
 */
export abstract class BaseStack extends TerraformStack {
  readonly #pathByAddress = new Map<string, string>();

  protected constructor(scope: Construct, id: string, state: Environment["state"]) {
    super(scope, id);
    requireTerraformVersion(this, TERRAFORM_VERSION);
    addBackend(this, id, state);
  }

  /**
   * Publishes what a person or another tool needs after apply.
   *
   * @param id the output's name, as `terraform output` shows it
   */
  protected publish(id: string, value: string | string[], description: string): void {
    new TerraformOutput(this, id, { value, description });
  }

  /**
   * Names an element after its path. Two elements of one type that would share an address are refused: Terraform would
   * silently merge them.
   */
  protected override allocateLogicalId(tfElement: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(tfElement) ? tfElement.node : tfElement;
    const scopes = node.scopes;
    const id = logicalId(scopes.slice(scopes.indexOf(this) + 1).map((scope) => scope.node.id));
    const kind = TerraformResource.isTerraformResource(tfElement)
      ? tfElement.terraformResourceType
      : tfElement.constructor.name;
    const address = `${kind}.${id}`;
    const taken = this.#pathByAddress.get(address);
    if (taken !== undefined && taken !== node.path) {
      throw new Error(`${taken} and ${node.path} would both be ${address}; give one of them another construct id`);
    }
    this.#pathByAddress.set(address, node.path);
    return id;
  }

  /**
   * Runs CDKTF's checks but for the one that starts a Terraform binary (the cloud block's minimum version): the version
   * floor in the output says more, and synthesis and tests stay free of Terraform.
   */
  override runAllValidations(): void {
    const faults = this.node
      .findAll()
      .filter((construct) => !(construct instanceof CloudBackend))
      .flatMap((construct) => construct.node.validate().map((fault) => `${construct.node.path}: ${fault}`));
    if (faults.length > 0) throw new Error(`${this.node.id} is not valid:\n  ${faults.join("\n  ")}`);
  }
}
