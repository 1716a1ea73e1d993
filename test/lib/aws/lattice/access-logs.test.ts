import { LatticeAccessLogs, type LatticeAccessLogsProps } from "../../../../lib/aws/lattice/access-logs";
import { grants } from "../../../support/policy-documents";
import type { Template } from "../../../support/template";
import { build, PLACE } from "../load-balancer/edge";

const SUBSCRIPTION = "aws_vpclattice_access_log_subscription";
const NETWORK = "arn:aws:vpc-lattice:eu-central-1:111122223333:servicenetwork/sn-0123456789abcdef0";
const SERVICE = "arn:aws:vpc-lattice:eu-central-1:111122223333:service/svc-0123456789abcdef0";
const KEY = "arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d";
const BUCKET = "arn:aws:s3:::acme-lattice-logs";

const logs = (props: Partial<LatticeAccessLogsProps>): Template =>
  build((stack) => {
    new LatticeAccessLogs(stack, "access-logs", {
      name: "prod-lattice",
      place: PLACE,
      sources: { network: NETWORK },
      ...props,
    });
  });

describe("access logs of VPC Lattice", () => {
  it("go into an encrypted log group that forgets", () => {
    const template = logs({ kmsKeyArn: KEY });
    const group = template.resource("aws_cloudwatch_log_group", {
      name: "/aws/vendedlogs/ringfence/prod-lattice/access",
      kms_key_id: KEY,
      retention_in_days: 365,
    });
    const subscription = template.resource(SUBSCRIPTION, { resource_identifier: NETWORK });
    expect(template.follow(subscription.attributes.destination_arn).block.address).toBe(group.address);
  });

  it("are let in from this account's deliveries, before the first", () => {
    const template = logs({ kmsKeyArn: KEY });
    const policy = template.resource("aws_cloudwatch_log_resource_policy");
    const granted = grants(policy.attributes.policy_document);
    expect(granted).toHaveLength(2);
    for (const grant of granted) {
      expect(grant).toContain("delivery.logs.amazonaws.com");
      expect(grant).toContain('"aws:SourceAccount":"111122223333"');
      expect(grant).toContain("arn:aws:logs:eu-central-1:111122223333:*");
      expect(grant).toMatch(
        /^Allow logs:(CreateLogStream|PutLogEvents) on \$\{aws_cloudwatch_log_group\.[\w-]+\.arn\}:\* /,
      );
    }
    expect(template.resource(SUBSCRIPTION).attributes.depends_on).toEqual([policy.address]);
  });

  it("come with a question about what is refused", () => {
    const template = logs({ kmsKeyArn: KEY });
    const query = template.resource("aws_cloudwatch_query_definition", { query_string: /responseCode = 403/ });
    const [group] = query.attributes.log_group_names as readonly string[];
    expect(template.follow(group).block.type).toBe("aws_cloudwatch_log_group");
    expect(query.attributes.query_string).toMatch(/authDeniedReason/);
  });

  it("go into a bucket instead, or as well", () => {
    const alone = logs({ s3BucketArn: BUCKET });
    alone.resource(SUBSCRIPTION, { destination_arn: BUCKET, resource_identifier: NETWORK });
    alone.expectAbsent("aws_cloudwatch_log_group");
    alone.expectAbsent("aws_cloudwatch_log_resource_policy");
    expect(logs({ s3BucketArn: BUCKET, kmsKeyArn: KEY }).count(SUBSCRIPTION)).toBe(2);
  });

  it("are kept of each source", () => {
    const template = logs({ s3BucketArn: BUCKET, sources: { network: NETWORK, "service-shop": SERVICE } });
    template.resource(SUBSCRIPTION, { resource_identifier: NETWORK });
    template.resource(SUBSCRIPTION, { resource_identifier: SERVICE });
  });

  it("are none when nobody wants them", () => {
    logs({}).expectAbsent(SUBSCRIPTION);
  });
});
