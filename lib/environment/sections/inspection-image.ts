import { z } from "zod";

import { expected, oneOf, says, text, wholeNumber } from "../fields";
import { section } from "../shapes";
import { isPlainObject } from "../values";

const SHA256 = "0123456789abcdef".repeat(4);

const sha256 = text({
  pattern: /^[0-9a-f]{64}$/,
  what: "a SHA-256 checksum of 64 hexadecimal digits in lower case",
  example: `"${SHA256}"`,
});

/**
 * An address of 300 characters at most: what an instance is told when it boots has 16 KB in all. Its security group lets it out to HTTPS's
 * own port.
 */
export const httpsUrl = (what: string, example: string) =>
  text({
    pattern: /^(?=.{1,300}$)https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:443)?\/[\w./~%+=:@-]*[\w~%+=-]$/i,
    what: `the HTTPS address of ${what}, on port 443, 300 characters at most`,
    example: JSON.stringify(example),
  });

/** A file that instances fetch when they boot, and run only if it is what was tested. */
const download = (what: string, url: string) =>
  section(`{ url: "${url}", sha256: "…" }`, {
    /** Where it lies; the address of one release, not of the latest. */
    url: httpsUrl(what, url),
    /** Checksum of what lies there: anything else is not run. */
    sha256,
  });

const gwlbtun = download("a release binary of gwlbtun", "https://artifacts.example.com/gwlbtun-3.2-arm64");

const cloudwatchAgent = download(
  "a Debian package of the CloudWatch agent",
  "https://artifacts.example.com/amazon-cloudwatch-agent-1.300-arm64.deb",
);

const amiId = text({ pattern: /^ami-[0-9a-f]{8,17}$/, what: "the id of an AMI", example: '"ami-0123456789abcdef0"' });

const plainImage = section('{ plain: "ubuntu-24.04", gwlbtun: { url, sha256 }, cloudwatchAgent: { url, sha256 } }', {
  /** The vendor's own image. What is missing in it is installed when an instance boots. */
  plain: oneOf(["ubuntu-24.04"]),
  /** One release of it. @default - the newest when Terraform plans: a deploy may replace the fleet for it */
  amiId: amiId.optional(),
  /** The tunnel handler as a release binary for the fleet's architecture (aws-samples, aws-gateway-load-balancer-tunnel-handler). */
  gwlbtun,
  /** The CloudWatch agent as a Debian package for the fleet's architecture. */
  cloudwatchAgent,
});

const amiParameter = text({
  pattern: /^(\/[\w.-]+){2,15}$/,
  what: "the name of an SSM parameter that holds an AMI's id",
  example: '"/ringfence/appliance/arm64"',
});

const baked = z.union(
  [
    section('{ amiId: "ami-0123456789abcdef0" }', {
      /** The AMI's id. */
      amiId,
    }),
    section('{ parameter: "/ringfence/appliance/arm64" }', {
      /** SSM parameter with the AMI's id. A new value replaces the fleet with the next deploy. */
      parameter: amiParameter,
    }),
  ],
  {
    error: () =>
      says(
        "must name an AMI",
        'write { amiId: "ami-0123456789abcdef0" } or { parameter: "/ringfence/appliance/arm64" }',
      ),
  },
);

const bakedImage = section('{ baked: { amiId: "ami-…" }, os: "ubuntu-24.04" }', {
  /** An image of yours that holds everything the appliance runs. Instances fetch nothing but their configuration. */
  baked,
  /** What it was made from. */
  os: oneOf(["ubuntu-24.04", "al2023"]),
});

const UBUNTU = '"ubuntu-24.04"';

/** Amazon Linux is what somebody would try: told why it is not here, they need not look further. */
const systemToBake = z.enum(["ubuntu-24.04"], {
  error: (issue) =>
    issue.input === "al2023"
      ? says(
          "cannot be baked here: the repositories of Amazon Linux 2023 hold no Suricata",
          `write ${UBUNTU}, or bake one yourself and write { baked: { amiId: "ami-…" }, os: "al2023" }`,
        )
      : expected(UBUNTU, `write ${UBUNTU}`)(issue),
});

const builtImage = section('{ built: { os: "ubuntu-24.04", gwlbtun: { … }, cloudwatchAgent: { … } } }', {
  /** Baked here, by a pipeline of EC2 Image Builder, and tested before an appliance starts from it. Instances fetch nothing but their files. */
  built: section('{ os: "ubuntu-24.04", gwlbtun: { url, sha256 }, cloudwatchAgent: { url, sha256 } }', {
    /** What it is made from: the vendor's newest image at that hour. */
    os: systemToBake,
    /** One of those that were baked here, to go back to it or to stay with it. @default - the newest when Terraform plans */
    amiId: amiId.optional(),
    /** The tunnel handler as a release binary for the fleet's architecture (aws-samples, aws-gateway-load-balancer-tunnel-handler). */
    gwlbtun,
    /** The CloudWatch agent as a Debian package for the fleet's architecture. */
    cloudwatchAgent,
    /** When a new one is baked, each week, in UTC. @default { weekday: "sunday", hour: 3 } */
    schedule: section('{ weekday: "sunday", hour: 3 }', {
      /** @default "sunday" */
      weekday: oneOf(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]).default("sunday"),
      /** @default 3 */
      hour: wholeNumber("an hour of the day", 0, 23).default(3),
    }).prefault({}),
  }),
});

/** Each kind of image by its first key. */
const IMAGES = { plain: plainImage, baked: bakedImage, built: builtImage };

type ImageInput = z.input<(typeof IMAGES)[keyof typeof IMAGES]>;
type Image = z.output<(typeof IMAGES)[keyof typeof IMAGES]>;

const IMAGE =
  '{ plain: "ubuntu-24.04", … }, { built: { os: "ubuntu-24.04", … } } or { baked: { amiId: "ami-…" }, os: "…" }';

/** Which of the three is meant shows in its first key, and only its faults are told. */
export const image = z.custom<ImageInput>().transform((value, context): Image => {
  const kind = (["built", "baked", "plain"] as const).find((key) => isPlainObject(value) && key in value);
  if (kind === undefined) {
    const message = expected("the image of the appliances", `write ${IMAGE}`)({ input: value });
    context.issues.push({ code: "custom", input: value, message });
    return z.NEVER;
  }
  const result = IMAGES[kind].safeParse(value);
  if (result.success) return result.data;
  context.issues.push(...result.error.issues.map((issue) => ({ ...issue, input: undefined })));
  return z.NEVER;
});
