/*
 * A request's target goes into the request line as it is, and the paths of a host, VPC Lattice's policies and the service each read it for
 * themselves. What they could read differently is refused; a path is never rewritten.
 */

/** Characters that can stand in a request line; RFC 3986 knows no other, but browsers send some that it would have encoded. */
const VISIBLE = /^[!-~]*$/;

/** A segment that some server takes for `.` or `..`: encoded, behind an encoded slash, or with parameters. */
const DOT_SEGMENT = /(^|\/|\\|%2f|%5c)(\.|%2e){1,2}($|\/|\\|%2f|%5c|;|%3b)/i;

/** Why the target of a request cannot be passed on, or nothing when it can. */
export function targetFault(path: string, query = ""): string | undefined {
  if (!path.startsWith("/")) return "the path does not begin with a slash";
  if (!VISIBLE.test(path) || !VISIBLE.test(query)) return "the target holds a character that has to be encoded";
  if (path.includes("?") || path.includes("#") || query.includes("#"))
    return "the target has parts that it cannot have";
  if (path.includes("\\")) return "the path holds a backslash";
  if (path.includes("%00")) return "the path holds an encoded NUL";
  if (/%(?![0-9a-f]{2})/i.test(path)) return "the path holds a percent sign that encodes nothing";
  if (DOT_SEGMENT.test(path)) return "the path holds a dot segment";
  return undefined;
}
