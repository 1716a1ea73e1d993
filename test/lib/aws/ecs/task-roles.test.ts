import { existingSecret } from "../../../../lib/aws/secret-token";
import type { ContainerImage } from "../../../../lib/aws/ecs/image";
import { objectsOf, parsedObject, textOf } from "../../../support/json";
import { grants, grantsOfRole } from "../../../support/policy-documents";
import type { Block } from "../../../support/template";
import { type BuiltFleet, buildFleet, type FleetChanges, KEY, OTHER_KEY, OTHER_SECRET, SECRET } from "./fleet";

const REPOSITORY = "arn:aws:ecr:eu-central-1:111122223333:repository/hub/proxy";
const OTHER_REPOSITORY = "arn:aws:ecr:eu-central-1:111122223333:repository/metrics";

const roleOf = ({ template }: BuiltFleet, kind: "execution" | "task"): Block =>
  template.follow(template.resource("aws_ecs_task_definition").attributes[`${kind}_role_arn`]).block;

const grantedTo = (kind: "execution" | "task", changes: FleetChanges = {}): readonly string[] => {
  const fleet = buildFleet(changes);
  return grantsOfRole(fleet.template, roleOf(fleet, kind));
};

const logs = "${aws_cloudwatch_log_group.proxy-logs.arn}:*";
const OWN_LOGS = [`Allow logs:CreateLogStream on ${logs}`, `Allow logs:PutLogEvents on ${logs}`];

const sidecar = (image: ContainerImage, secretArn?: string) => ({
  name: "metrics",
  image,
  readonlyRootFilesystem: true,
  secrets: secretArn === undefined ? undefined : { TOKEN: existingSecret({ secretArn, kmsKeyArn: OTHER_KEY }) },
});

describe("the two roles of a task", () => {
  const fleet = buildFleet();

  it("are two", () => {
    expect(roleOf(fleet, "execution").address).not.toBe(roleOf(fleet, "task").address);
  });

  it.each(["execution", "task"] as const)("are assumed for tasks of this account and Region only: %s", (kind) => {
    expect(grants(roleOf(fleet, kind).attributes.assume_role_policy)).toEqual([
      'Allow sts:AssumeRole on itself to {"Service":"ecs-tasks.amazonaws.com"} if ' +
        '{"StringEquals":{"aws:SourceAccount":"111122223333"},"ArnLike":{"aws:SourceArn":"arn:aws:ecs:eu-central-1:111122223333:*"}}',
    ]);
  });

  it.each(["execution", "task"] as const)("have names that IAM takes, however long the service's is: %s", (kind) => {
    const long = buildFleet({ name: "n".repeat(255) });
    expect(roleOf(long, kind).attributes.name).toMatch(/^n+-[0-9a-f]{8}$/);
    expect(textOf(roleOf(long, kind).attributes.name).length).toBeLessThanOrEqual(64);
  });
});

describe("the execution role", () => {
  it("may write the service's own logs, and nothing else where images and variables are public", () => {
    expect(grantedTo("execution")).toEqual(OWN_LOGS);
  });

  it("may read exactly the secrets of all containers, and use their keys for nothing but these", () => {
    const secrets = {
      ONE: existingSecret({ secretArn: SECRET, jsonKey: "one", kmsKeyArn: KEY }),
      TWO: existingSecret({ secretArn: SECRET, jsonKey: "two", kmsKeyArn: KEY }),
    };
    const onlyTheirs = JSON.stringify({
      StringEquals: {
        "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com",
        "kms:EncryptionContext:SecretARN": [SECRET, OTHER_SECRET],
      },
    });
    const sidecars = [sidecar({ uri: "metrics:1" }, OTHER_SECRET)];
    expect(grantedTo("execution", { container: { secrets }, sidecars })).toEqual(
      [
        ...OWN_LOGS,
        `Allow secretsmanager:GetSecretValue on ${SECRET}`,
        `Allow secretsmanager:GetSecretValue on ${OTHER_SECRET}`,
        `Allow kms:Decrypt on ${KEY} if ${onlyTheirs}`,
        `Allow kms:Decrypt on ${OTHER_KEY} if ${onlyTheirs}`,
      ].sort(),
    );
  });

  it("needs no key for a secret under the account's own", () => {
    const secrets = { TOKEN: existingSecret({ secretArn: SECRET }) };
    expect(grantedTo("execution", { container: { secrets } })).toEqual([
      ...OWN_LOGS,
      `Allow secretsmanager:GetSecretValue on ${SECRET}`,
    ]);
  });

  it("may pull from the repositories that are used, and fill only those that are caches", () => {
    const image = { uri: "hub/proxy:1", repository: { arn: REPOSITORY, isCache: true } };
    const sidecars = [sidecar({ uri: "metrics:1", repository: { arn: OTHER_REPOSITORY, isCache: false } })];
    const pulling = ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"];
    expect(grantedTo("execution", { container: { image }, sidecars })).toEqual(
      [
        ...OWN_LOGS,
        "Allow ecr:GetAuthorizationToken on *",
        `Allow ecr:BatchImportUpstreamImage on ${REPOSITORY}`,
        ...[REPOSITORY, OTHER_REPOSITORY].flatMap((arn) => pulling.map((action) => `Allow ecr:${action} on ${arn}`)),
      ].sort(),
    );
  });
});

describe("the role of the containers", () => {
  it("has no permission at all unless somebody gives it one", () => {
    const fleet = buildFleet();
    const { address } = roleOf(fleet, "task");
    fleet.template.expectAbsent("aws_iam_role_policy", { role: `\${${address}.id}` });
    expect(fleet.template.count("aws_iam_role_policy")).toBe(1);
    fleet.template.expectAbsent("aws_iam_role_policy_attachment");
  });

  it("has the permissions that it is given", () => {
    const taskStatements = [{ sid: "Call", actions: ["vpc-lattice-svcs:Invoke"], resources: ["arn:service"] }];
    expect(grantedTo("task", { taskStatements })).toEqual(["Allow vpc-lattice-svcs:Invoke on arn:service"]);
  });

  it("takes part in sessions of ECS Exec where it is switched on", () => {
    const sessions = "${aws_cloudwatch_log_group.cluster-exec-logs.arn}:*";
    const channels = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];
    expect(grantedTo("task", { exec: true })).toEqual(
      [
        `Allow kms:Decrypt on ${KEY}`,
        "Allow logs:DescribeLogGroups on *",
        ...["CreateLogStream", "DescribeLogStreams", "PutLogEvents"].map(
          (action) => `Allow logs:${action} on ${sessions}`,
        ),
        ...channels.map((channel) => `Allow ssmmessages:${channel} on *`),
      ].sort(),
    );
  });
});

test("every statement has a name of its own, as IAM asks and exceptions need", () => {
  const secrets = { TOKEN: existingSecret({ secretArn: SECRET, kmsKeyArn: KEY }) };
  const image = { uri: "hub/proxy:1", repository: { arn: REPOSITORY, isCache: true } };
  const sidecars = [sidecar({ uri: "metrics:1", repository: { arn: OTHER_REPOSITORY, isCache: true } }, OTHER_SECRET)];
  const { template } = buildFleet({ exec: true, container: { secrets, image }, sidecars });
  const policies = template.resources("aws_iam_role_policy");
  expect(policies).toHaveLength(2);
  for (const { attributes } of policies) {
    const sids = objectsOf(parsedObject(attributes.policy).Statement).map(({ Sid }) => Sid);
    expect(sids.length).toBeGreaterThan(1);
    expect(new Set(sids).size).toBe(sids.length);
    for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
  }
});
