/** What AWS answers to a caller who lacks a right: nothing that a further try could change. */
export function denied(): Error {
  return Object.assign(new Error("Access Denied"), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
}
