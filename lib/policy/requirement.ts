import type { Finding } from "./rule";
import type { SynthesizedBlock } from "./synthesized";
import { valuesAt } from "./synthesized";
import type { JsonValue } from "./terraform-json";

/** What one argument of a Terraform type must be. */
export interface Requirement {
  /** Dotted path of arguments; repeated blocks on the way must all comply. */
  readonly argument: string;
  readonly accepts: (value: JsonValue | undefined) => boolean;
  /** What is wrong otherwise. */
  readonly message: string;
  /** What to write instead. */
  readonly remedy: string;
  /**
   * Asks nothing of a resource that lacks this block.
   *
   * @default - the argument must be there
   */
  readonly onlyWith?: string;
}

/** Requirements by Terraform type: the data a rule consists of. */
export type Requirements = Readonly<Record<string, readonly Requirement[]>>;

/** The requirements of the block's type that it does not meet. */
export function unmet(block: SynthesizedBlock, requirements: Requirements): readonly Finding[] {
  return (requirements[block.type] ?? [])
    .filter(({ onlyWith }) => onlyWith === undefined || block.attributes[onlyWith] !== undefined)
    .filter(({ argument, accepts }) => !valuesAt(block.attributes, argument).every(accepts))
    .map(({ argument, message, remedy }) => ({ message, remedy, detail: argument }));
}

/** Launch templates take their booleans as text. */
export function isTrue(value: JsonValue | undefined): boolean {
  return value === true || value === "true";
}
