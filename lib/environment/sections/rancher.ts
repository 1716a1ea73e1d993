import { z } from "zod";

import { arn, expected, oneOf, says, text } from "../fields";
import { isCertificates } from "../pem";
import { listOf, mapOf, section } from "../shapes";
import { clusterAddresses } from "./cluster-addresses";
import { registration } from "./registration";

const BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/rancher/50dc6c495c0c9188";

const balancerArn = arn(
  "the ARN of an Application Load Balancer",
  /elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/app\/[\w-]+\/[0-9a-f]+/,
  BALANCER,
);

/** The release of Rancher's provider that the bindings were made from. */
const BINDINGS_VERSION = "7.9.0";

const CERTIFICATES = "one or more certificates in PEM, of the authority that signed the server's";

const caCertificates = z
  .string({ error: expected(CERTIFICATES, "write the text of the file, or leave it out for a public authority") })
  .refine(isCertificates, {
    error: says(`must be ${CERTIFICATES}`, "write the text of the file, and no private key"),
  });

const foreignCluster = section('{ agent: "manual" }', {
  /** `manual`: somebody applies the agent's manifest, and the stack says how to fetch it. @default "manual" */
  agent: oneOf(["manual"]).default("manual"),
  /**
   * Addresses it leaves from, written out or read from another Terraform state: its item of the allowlist. A cluster that writes its own
   * item, through Crossplane or the command line, has none here. @default - no item is written
   */
  egress: clusterAddresses.optional(),
  ...registration,
});

/** Rancher names a cluster by a DNS label. The rest of a stack's name needs room, too. */
const FOREIGN_NAME = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** What Rancher calls the cluster that it runs in. */
const CLUSTER_OF_RANCHER = "local";

function foreignNameFault(name: string): string | undefined {
  if (!FOREIGN_NAME.test(name)) {
    return says(
      "is not the name of a cluster: a lower-case letter, then letters, digits and hyphens, 40 at most",
      "rename the cluster",
    );
  }
  if (name !== CLUSTER_OF_RANCHER) return undefined;
  return says("is what Rancher calls the cluster that it runs in", "rename the cluster");
}

/** The Rancher server that the fence protects. */
export const rancher = section('{ url: "https://rancher.example.com" }', {
  /** Its address, as people and agents use it. */
  url: text({
    pattern: /^https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?\/?$/i,
    what: "the HTTPS address of the Rancher server, without a path",
    example: '"https://rancher.example.com"',
  }),
  /**
   * The Application Load Balancers in front of it. A balancer that has a web ACL already must not stand here: AWS allows
   * one each. @default - none: the web ACL is only exported
   */
  loadBalancerArns: listOf(balancerArn, "a list of Application Load Balancers", `["${BALANCER}"]`).default([]),
  /**
   * Certificates of the private authority that signed the server's, in PEM; the same that Rancher's setting `cacerts` holds.
   * @default - a public authority signed it
   */
  caCertificates: caCertificates.optional(),
  /**
   * Release of Terraform's provider for Rancher. The bindings know the arguments of 7.9.0; releases of 7 serve Rancher 2.11 (provider's
   * documentation, "Compatibility matrix"). @default "7.9.0"
   */
  providerVersion: text({
    pattern: /^7\.\d{1,2}\.\d{1,2}$/,
    what: "a release of line 7 of Rancher's provider, which serves Rancher 2.11",
    example: `"${BINDINGS_VERSION}"`,
  }).default(BINDINGS_VERSION),
  /** Clusters made elsewhere that shall stand in Rancher, by name: a stack for each. @default - none */
  clusters: mapOf(
    foreignCluster,
    foreignNameFault,
    "an object of clusters",
    '{ "otc-billing": { agent: "manual" } }',
  ).default({}),
});
