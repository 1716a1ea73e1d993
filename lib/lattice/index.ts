/** What the model of an environment and the constructs both know of VPC Lattice. Pure functions; nothing here knows CDKTF. */
export {
  AUTH_POLICY_LIMIT_BYTES,
  authPolicy,
  authPolicyBytes,
  type AuthCallers,
  type AuthPolicyContext,
  type AuthStatement,
} from "./auth-policy";
export { HOST_MAP_LIMIT_BYTES, hostMap, packedHostMapBytes, type ProxiedHost } from "./host-map";
