import { arn, oneOf, says, trueOrFalse } from "../fields";
import { ABOUT_THE_KEY, madeOrExisting, section } from "../shapes";
import { isPlainObject } from "../values";
import { statements } from "./lattice-callers";
import { hosts } from "./lattice-hosts";
import { ingress } from "./lattice-ingress";
import { services } from "./lattice-service";
import { share } from "./principals";

const NETWORK = "arn:aws:vpc-lattice:eu-central-1:444455556666:servicenetwork/sn-0123456789abcdef0";

const made = section(
  "{} or { existing: { … } }",
  {
    /**
     * Who may call anything in the network, besides what each service asks. Requests without a signature are always refused.
     * @default - everybody in this account
     */
    allow: statements.optional(),
  },
  ["existing"],
);

const existing = section(`{ serviceNetworkArn: "${NETWORK}" }`, {
  /** A service network of this account, or of another that shares it, in this Region. */
  serviceNetworkArn: arn(
    "the ARN of a VPC Lattice service network",
    /vpc-lattice:[a-z0-9-]+:\d{12}:servicenetwork\/sn-[0-9a-f]{17}/,
    NETWORK,
  ),
});

const BUCKET = "arn:aws:s3:::acme-lattice-logs";

/** A service network of VPC Lattice with services, and proxies through which others reach them. */
export const lattice = section("{ services: { … }, hosts: { … }, ingress: { … } }", {
  /** Made here, or an existing one. @default - one is made that asks for signatures */
  network: madeOrExisting("a service network", made, existing).prefault({}),
  /**
   * How `aws.network` reaches the network: `association` is free, and reaches it from the VPC itself; `endpoint` takes addresses of the VPC,
   * and reaches it also from what is connected to the VPC, at a price by the hour. @default "association"
   */
  reach: oneOf(["association", "endpoint"]).default("association"),
  /** Where each request is logged, with who called and what was decided. */
  accessLogs: section("{ cloudwatch: true }", {
    /** A log group of CloudWatch, made here. @default true */
    cloudwatch: trueOrFalse.default(true),
    /** A bucket of this Region that admits VPC Lattice's logs. @default - none */
    s3BucketArn: arn("the ARN of an S3 bucket", /s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/, BUCKET).optional(),
  }).prefault({}),
  /** Who else may use the network and services that are made here. @default - nobody */
  share: share.optional(),
  /** What stands in the network, by name. @default - none */
  services: services.default({}),
  /** How those outside get in. @default - they do not */
  ingress: ingress.optional(),
  /** Which host leads to which service. A host that is not here is answered 421. @default - none */
  hosts: hosts.default({}),
}).superRefine(
  (value, context) => {
    const message = entranceFault(Object.keys(value.hosts).length > 0, value.ingress !== undefined);
    if (message === undefined) return;
    const path = [value.ingress === undefined ? "hosts" : "ingress"];
    context.addIssue({ code: "custom", path, message, params: ABOUT_THE_KEY });
  },
  // A host that was refused is still one: only here does it show that there is any.
  { when: ({ value }) => isPlainObject(value) && isPlainObject(value.hosts) },
);

/** Hosts are what the ingress is for, and lead nowhere without it. */
function entranceFault(hasHosts: boolean, hasIngress: boolean): string | undefined {
  if (hasHosts === hasIngress) return undefined;
  return hasIngress
    ? says("has no hosts: every request would be answered 421", 'add hosts: { "shop.example.com": { … } } beside it')
    : says("lead nowhere: the section has no ingress for them", 'add ingress: { kind: "fleet", … }, or take them out');
}
