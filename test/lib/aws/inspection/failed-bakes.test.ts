import { reportFailedBakes } from "../../../../lib/aws/inspection/failed-bakes";
import { grants } from "../../../support/policy-documents";
import { alarmsOf, built } from "../cloudwatch";

const KEY = "arn:aws:kms:eu-central-1:111122223333:key/1";

const template = built((stack) => {
  reportFailedBakes(stack, {
    name: "prod-inspection",
    place: { accountId: "111122223333", region: "eu-central-1" },
    kmsKeyArn: KEY,
    topicArns: [],
  });
});

describe("bakes that failed", () => {
  const group = template.resource("aws_cloudwatch_log_group");
  const policy = template.resource("aws_cloudwatch_log_resource_policy");

  it("are written to an encrypted log group that forgets, once EventBridge may", () => {
    expect(group.attributes).toMatchObject({
      name: "/aws/events/prod-inspection-failed-bakes",
      kms_key_id: KEY,
      retention_in_days: 365,
    });
    const { attributes } = template.resource("aws_cloudwatch_event_target");
    expect(template.follow(attributes.rule).block.type).toBe("aws_cloudwatch_event_rule");
    expect(template.follow(attributes.arn)).toMatchObject({ block: { address: group.address }, attribute: "arn" });
    expect(attributes.depends_on).toEqual([policy.address]);
  });

  it("are the only group that EventBridge may write to", () => {
    const to = 'to {"Service":["events.amazonaws.com","delivery.logs.amazonaws.com"]}';
    expect(grants(policy.attributes.policy_document)).toEqual(
      ["CreateLogStream", "PutLogEvents"].map((action) => `Allow logs:${action} on \${${group.address}.arn}:* ${to}`),
    );
  });

  it("lead whom the alarm wakes to both logs", () => {
    const [[, alarm] = []] = alarmsOf(template);
    expect(alarm?.alarm_description).toContain("/aws/imagebuilder/prod-inspection");
    expect(alarm?.alarm_description).toContain("/aws/events/prod-inspection-failed-bakes");
  });
});
