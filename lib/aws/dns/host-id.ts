/**
 * A host name as part of a construct's id: `shop_example_com`, and `_example_com` for `*.example.com`. Names that differ have ids that
 * differ, since no host name holds an underscore.
 */
export function hostId(host: string): string {
  return host.replace(/^\*/, "").replaceAll(".", "_");
}
