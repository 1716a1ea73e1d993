import type { PolicyRule } from "../rule";
import { valuesAt } from "../synthesized";
import { isObject } from "../terraform-json";

/** Which tags are promised. */
export interface TagsOptions {
  /** Keys that every resource carries. */
  readonly required: readonly string[];
}

/**
 * AWS resources take their tags from the provider, so the providers are what is checked: a resource cannot lose a default
 * tag, only override its value.
 */
export function tags({ required }: TagsOptions): PolicyRule {
  return {
    id: "tags",
    title: `Every AWS provider tags what it makes with ${required.join(", ")}`,
    check: (block) => {
      if (block.kind !== "provider" || block.type !== "aws") {
        return [];
      }
      const given = valuesAt(block.attributes, "default_tags.tags").filter(isObject);
      return required
        .filter((key) => !given.some((tagMap) => typeof tagMap[key] === "string" && tagMap[key] !== ""))
        .map((key) => ({
          message: `default_tags lacks ${key}`,
          remedy: "give the provider the project's default tags",
          detail: key,
        }));
    },
  };
}
