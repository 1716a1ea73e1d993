/** Inner main resource of a construct: it lends its name to the construct's own id. */
const MAIN_RESOURCE = "Resource";

/**
 * The Terraform address of an element from its place in the tree: `["clusters", "Resource"]` becomes `clusters`,
 * `["network", "nat-a", "eip"]` becomes `network-nat-a-eip`.
 *
 * Dots are dropped: CDKTF names cross-stack outputs after references (`aws_eip.nat-a.public_ip`), and Terraform allows no
 * dot in a name.
 *
 * @param path construct ids from the stack (exclusive) to the element
 */
export function logicalId(path: readonly string[]): string {
  const parts = path.at(-1) === MAIN_RESOURCE && path.length > 1 ? path.slice(0, -1) : path;
  return parts
    .join("-")
    .replaceAll(".", "")
    .replace(/[^\w-]/g, "-");
}
