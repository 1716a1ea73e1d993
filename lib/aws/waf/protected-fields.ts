/** A part of a request as WAF's data protection names it. */
interface ProtectedField {
  readonly fieldType: "SINGLE_HEADER" | "QUERY_STRING";
  readonly fieldKeys?: string[];
}

/**
 * What carries credentials to a Rancher server. WAF replaces it in logs *and* in sampled requests; a log's own redaction would
 * leave the samples as they are (AWS WAF API Reference, "DataProtectionConfig").
 */
export const PROTECTED_FIELDS: readonly ProtectedField[] = [
  {
    fieldType: "SINGLE_HEADER",
    fieldKeys: [
      "authorization",
      // Sessions of the user interface.
      "cookie",
      // Cluster agents present their registration token here.
      "x-api-tunnel-token",
      "x-api-tunnel-params",
      // A browser's shell into a pod passes its bearer token as a WebSocket protocol.
      "sec-websocket-protocol",
    ],
  },
  { fieldType: "QUERY_STRING" },
];
