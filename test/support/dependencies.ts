import type { Block, Template } from "./template";
import { isObject } from "../../lib/policy/terraform-json";

/** Addresses of all that Terraform makes before a block and destroys after it: its references, theirs, and so on. */
export function dependenciesOf(template: Template, block: Block): readonly string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    for (const [, address = ""] of JSON.stringify(value).matchAll(/\b((?:aws|azurerm)_\w+\.[\w-]+)/g)) {
      if (found.has(address)) continue;
      found.add(address);
      const [type = "", id = ""] = address.split(".");
      const resources = template.configuration.resource;
      const instances = isObject(resources) ? resources[type] : undefined;
      if (isObject(instances) && instances[id] !== undefined) visit(instances[id]);
    }
  };
  visit(block.attributes);
  return [...found];
}
