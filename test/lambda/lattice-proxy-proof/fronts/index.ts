import { applicationLoadBalancer } from "./alb";
import type { Front } from "./front";
import { httpApi } from "./http-api";
import { restApi } from "./rest-api";

/** Every form of event. */
export const FRONTS: readonly [Front, Front, Front, Front] = [
  applicationLoadBalancer(false),
  applicationLoadBalancer(true),
  restApi(),
  httpApi(),
];
