import { z } from "zod";

import {
  admittedCidr,
  expected,
  hostedZoneId,
  hostName,
  oneOf,
  openCidr,
  says,
  text,
  trueOrFalse,
  wholeNumber,
} from "../fields";
import { isCertificates } from "../pem";
import { listOf, mapOf, section } from "../shapes";
import { HOST_NAME, HOST_PATTERN, isIpv4Address, parseUpstream, type UpstreamFault } from "../upstream";
import { EDGE_DEFAULTS } from "../wallarm-defaults";
import { balancerFields, certificateArn } from "./balancer";
import { size, taskFields } from "./fargate";
import { madeOrExistingSecret } from "./secret";
import { arenaGb, image, scaling } from "./wallarm-node";

/** What an edge may be called: it is part of names that AWS limits to 32 characters. */
const EDGE_NAME = /^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/;

const UPSTREAM =
  "the address of the upstream: http:// or https://, its host, and a port where it is not the scheme's own";
const UPSTREAM_EXAMPLE = 'write for example "https://kong.internal.example.com"';

const UPSTREAM_FAULTS: Readonly<Record<UpstreamFault, string>> = {
  scheme: says("does not begin with http:// or https://", UPSTREAM_EXAMPLE),
  path: says("has something behind its host and port, and the client's own path is passed on", UPSTREAM_EXAMPLE),
  host: says("has no host name in lower case and with a dot, and no IPv4 address", UPSTREAM_EXAMPLE),
  port: says("has a port that is no whole number from 1 to 65535", "correct the port, or leave it out"),
};

const upstream = z.string({ error: expected(UPSTREAM, UPSTREAM_EXAMPLE) }).check((context) => {
  const result = parseUpstream(context.value);
  if (result.ok) return;
  context.issues.push({ code: "custom", input: context.value, message: UPSTREAM_FAULTS[result.fault] });
});

const TOKEN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:wallarm/node-token-AbCdEf";

/** Amazon ECS Developer Guide, "Amazon ECS service quotas": a task definition has 64 KiB, and the certificates are a part of it. */
const MOST_PEM_CHARACTERS = 20_000;

const PEM = says(
  `must be one or more certificates in PEM, ${MOST_PEM_CHARACTERS} characters in all at most, and nothing else`,
  'write "-----BEGIN CERTIFICATE-----\\n…\\n-----END CERTIFICATE-----\\n", without a private key',
);

const certificates = z
  .string({ error: PEM })
  .refine((pem) => pem.length <= MOST_PEM_CHARACTERS && isCertificates(pem), { error: PEM });

const TARGET = says(
  "must be a host name in lower case, or an IPv4 address",
  'write for example "internal-kong-123.eu-central-1.elb.amazonaws.com" or "10.20.30.40"',
);

const recordTarget = z
  .string({ error: TARGET })
  .refine((target) => HOST_NAME.test(target) || isIpv4Address(target), { error: TARGET });

/** A host name as a certificate has it: its first label may be `*`. */
const alias = text({
  pattern: HOST_PATTERN,
  what: "a host name of the edge in lower case, in which only the first label may be *",
  example: '"www.example.com" or "*.shop.example.com"',
});

/**
 * Our own bound: each takes up to 70 bytes of the node's configuration, which is a part of the 64 KiB of a task definition, as
 * `upstreamCaPem` is.
 */
const MOST_PROXIES = 250;

/** Our own bound: a listener compares five names in a rule, and asks one rule after the other. */
const MOST_ALIASES = 20;

const edge = section(
  '{ domain: "api.example.com", upstream: "https://kong.internal.example.com", cloud: "eu", token: { … } }',
  {
    /** The public host name, as clients write it. */
    domain: hostName("the host name of the edge", "api.example.com"),
    /**
     * Further names that clients may ask for, which `certificateArn` has besides the domain and whose records are yours to make. A
     * leading `*.` stands for any run of labels. Whoever asks for another name is answered 421. @default - the domain alone
     */
    aliases: listOf(alias, "a list of host names", '["www.example.com"]', {
      max: MOST_ALIASES,
      fault: says(
        `must be ${MOST_ALIASES} host names at most`,
        "write a wildcard for several, or make another edge for some of them",
      ),
    }).default([]),
    /**
     * Where filtered requests go: `http(s)://host[:port]`, without a path. A name is resolved again and again while the node runs; the
     * certificate of an https upstream is verified.
     */
    upstream,
    /** The Wallarm Cloud that has your account. Nodes speak to `api.wallarm.com` (eu) or `us1.api.wallarm.com` (us). */
    cloud: oneOf(["eu", "us"]),
    /**
     * `monitoring` only reports attacks; `safe_blocking` blocks those from addresses on the graylist; `block` blocks all (Wallarm
     * documentation, "Filtration Mode"). Begin with `monitoring`. @default "monitoring"
     */
    mode: oneOf(["monitoring", "safe_blocking", "block"]).default("monitoring"),
    /** The application in Wallarm Console that the edge's traffic belongs to. @default - the default application */
    applicationId: wholeNumber("the id of an application in Wallarm Console", 1, 2_147_483_647).optional(),
    /** Label of the nodes' group in Wallarm Console. @default "<environment>-<edge>" */
    group: text({
      pattern: /^[\w.-]{1,64}$/,
      what: "the label of a node group: 1 to 64 letters, digits and . _ -",
      example: '"prod-api"',
    }).optional(),
    /** The token that nodes register with: in a secret made here, from the variable `node_token`, or in an existing one. */
    token: madeOrExistingSecret("a token", TOKEN),
    /** The certificate for HTTPS, of ACM in this account and Region. @default - one is made, and validated in the zone */
    certificateArn: certificateArn.optional(),
    /**
     * Route 53 zone of the domain. The record of the domain is made there, and so is a validated certificate unless `certificateArn`
     * is given; ACM validates only in a public zone. @default - the record is yours to make, and `certificateArn` is needed
     */
    zoneId: hostedZoneId.optional(),
    ...balancerFields,
    /** Largest body of a request, in MiB; a larger one is answered 413. @default 20 */
    maxBodyMb: wholeNumber("a number of MiB", 1, 1024).default(20),
    /**
     * Ranges of a CDN in front of the edge: what it writes into `X-Forwarded-For` is believed. A range that anybody else sends from lets
     * them choose their address. @default - none: the client is whoever connects
     */
    trustedProxies: listOf(admittedCidr, "a list of address ranges", '["203.0.113.0/24"]', {
      max: MOST_PROXIES,
      fault: says(`must be ${MOST_PROXIES} ranges at most`, "name those that send to the edge, or wider ones"),
    }).default([]),
    /** Host that the upstream is sent: the client's, or the upstream's own name. @default "client" */
    hostHeader: oneOf(["client", "upstream"]).default("client"),
    /** Certificates of a private authority that signed the upstream's, in PEM. @default - public authorities */
    upstreamCaPem: certificates.optional(),
    /** Where the upstream's port may be reached, as IPv4 ranges. @default ["0.0.0.0/0"] */
    upstreamCidrs: listOf(openCidr, "a list of address ranges", '["10.20.0.0/16"]', {
      min: 1,
      fault: says(
        "must name at least one range, or nothing reaches the upstream",
        'write for example ["10.20.0.0/16"]',
      ),
    }).default([...EDGE_DEFAULTS.upstreamCidrs]),
    /** A record for the host of `upstream`, made in a private zone. @default - none: the name resolves already */
    upstreamRecord: section('{ zoneId: "Z0123456789ABCDEFGHIJ", target: "10.20.30.40" }', {
      /** A private zone of Route 53 that is associated with the VPC. */
      zoneId: hostedZoneId,
      /** Where the name leads: a host name (a CNAME record is made), or an IPv4 address (an A record). */
      target: recordTarget,
    }).optional(),
    /** Image of the node. @default { version: "7.1.0" } */
    image: image.default(EDGE_DEFAULTS.image),
    /** CPU and memory of a node. Only pairs that Fargate has are accepted. @default { cpu: 2048, memoryMb: 4096 } */
    size: size.default(EDGE_DEFAULTS.size),
    /**
     * Memory in which the node keeps requests for analysis, in GiB (`SLAB_ALLOC_ARENA`); 512 MiB of the task's memory stay for the
     * rest. Fifteen minutes of traffic should fit in twice: 50 Mbit/s need 11 (Wallarm documentation, "Allocating Resources for
     * Wallarm NGINX Node"). @default 1
     */
    arenaGb: arenaGb.default(EDGE_DEFAULTS.arenaGb),
    /** How many nodes run, and when there are more. @default - one to four in each zone */
    scaling: scaling.prefault({}),
    ...taskFields,
    /** A second container that carries the node's own metrics to CloudWatch; needs an image from 7.1 on. @default false */
    metricsSidecar: trueOrFalse.default(EDGE_DEFAULTS.metricsSidecar),
  },
);

function edgeNameFault(name: string): string | undefined {
  if (EDGE_NAME.test(name)) return undefined;
  return says(
    "is not the name of an edge: a lower-case letter, then lower-case letters, digits and hyphens, no hyphen at the end, 16 in all at most",
    "rename the edge",
  );
}

/** Wallarm nodes in front of HTTP services, by the names of the edges. */
export const wallarm = mapOf(
  edge,
  edgeNameFault,
  "an object of edges",
  '{ api: { domain: "api.example.com", upstream: "https://kong.internal.example.com", cloud: "eu", token: { … } } }',
);
