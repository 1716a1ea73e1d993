/** What Terraform's azurerm provider needs for one type of resource: operations of Azure Resource Manager. */
export interface TypeOperations {
  /** For a plan: what it reads of the resource. */
  readonly reads: readonly string[];
  /** For an apply, besides `reads`. */
  readonly writes: readonly string[];
  /** More for a plan, for resources whose arguments ask for it. @default - none */
  readonly readsOf?: (attributes: Readonly<Record<string, unknown>>) => readonly string[];
}

/** By Terraform's type. */
export type OperationTable = Readonly<Record<string, TypeOperations>>;

/** A type of Azure that Terraform makes, changes and deletes by itself, and what that takes of others. */
export function owned(resource: string, ...more: readonly string[]): TypeOperations {
  return { reads: [`${resource}/read`], writes: [`${resource}/write`, `${resource}/delete`, ...more] };
}
