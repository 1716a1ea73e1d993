import { z } from "zod";

import { hostedZoneId, says } from "../fields";
import { certificateArn } from "./balancer";

/** Headers that requests have for other reasons, or that the proxies write or take away. */
const TAKEN =
  /^(x-amzn?-|x-envoy-|sec-|proxy-)|^(authorization|host|cookie|set-cookie|connection|keep-alive|te|trailer|transfer-encoding|upgrade|content-(length|type|encoding)|expect|forwarded|x-real-ip|x-request-id|x-forwarded-(for|proto|port|host|client-cert))$/;

const HEADER = says(
  "must be a header that requests have for nothing else, in lower case: letters, digits and hyphens, 64 in all at most",
  'write for example "x-forwarded-authorization"',
);

const bearerHeader = z
  .string({ error: HEADER })
  .refine((name) => /^[a-z]([a-z0-9-]{0,62}[a-z0-9])?$/.test(name) && !TAKEN.test(name), { error: HEADER });

/** What every way into VPC Lattice has, whoever passes requests on. */
export const entryFields = {
  /** The certificate for HTTPS, of ACM in this account and Region, with all hosts. @default - one is made for each host in the zone */
  certificateArn: certificateArn.optional(),
  /**
   * Route 53 zone of all hosts. Their records are made there, and so is a validated certificate for each unless `certificateArn` is given;
   * ACM validates only in a public zone. @default - the records are yours to make, and `certificateArn` is needed
   */
  zoneId: hostedZoneId.optional(),
  /**
   * Header in which services find what a client sent in `Authorization`: the signature takes that one's place.
   * @default "x-forwarded-authorization"
   */
  bearerHeader: bearerHeader.default("x-forwarded-authorization"),
} as const;
