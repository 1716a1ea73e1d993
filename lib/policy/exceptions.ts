import type { PolicyException } from "./exception";

const ENDPOINT_POLICY =
  "an endpoint's policy grants nothing, it bounds what callers may do by their own policies; its bound is the account in the " +
  'condition, not the name of an action or resource (AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies")';

const OTHERS_BUCKETS =
  "buckets of AWS and of public mirrors (image layers of ECR, packages of SSM and Amazon Linux) are in no list that could be kept, and " +
  "presigned requests for them carry AWS's identities; only reading is allowed, and a bucket's own policy still decides";

const LOG_FILES =
  "Elastic Load Balancing chooses the object keys of its log files; bucket, folder and account id are exact " +
  '(Elastic Load Balancing, "Enable access logs for your Application Load Balancer")';

const REQUEST_PATHS =
  "the resource of a request is the service with the request's path behind it, and the service is exact; paths are the business of its " +
  'own auth policy (Service Authorization Reference, "Amazon VPC Lattice Services")';

const OWN_STREAMS = "CloudWatch Logs names the streams of one log group as <group>:*; the group itself is exact";

/** Every departure from the policy rules in this project, each with its reason. There is no other way to be exempt. */
export const EXCEPTIONS: readonly PolicyException[] = [
  ...[
    { stack: "*", key: "key" },
    { stack: "bootstrap-*", key: "states/key" },
  ].map(({ stack, key }) => ({
    rule: "iam-wildcard",
    stack,
    resource: `${key}/Resource`,
    detail: "AccountAdministration.Action",
    reason:
      "a key policy that leaves the account itself without full rights can make the key unmanageable for good; " +
      'the account\'s own IAM policies still decide who may do what (AWS KMS Developer Guide, "Default key policy")',
  })),
  ...["UseStates", "LockStates"].map((statement) => ({
    rule: "iam-wildcard",
    stack: "bootstrap-*",
    resource: "aws-runs/*/states",
    detail: `${statement}.Resource`,
    reason:
      "one state for each stack of the environment, whose names begin with the environment's and a hyphen, which no other environment's do; " +
      "a stack that is new in the set finds its state without a change of this role",
  })),
  ...["*-aws-network", "*-inspection"].flatMap((stack) => [
    {
      rule: "iam-wildcard",
      stack,
      resource: "flow-logs/role/policy",
      detail: "WriteLogs.Resource",
      reason: OWN_STREAMS,
    },
    {
      rule: "iam-wildcard",
      stack,
      resource: "flow-logs/role/policy",
      detail: "FindLogGroup.Resource",
      reason: "logs:DescribeLogGroups takes no narrower resource, and VPC flow logs call it before they deliver",
    },
  ]),
  {
    rule: "iam-wildcard",
    stack: "*-inspection",
    resource: "role/role/policy",
    detail: "WriteLogs.Resource",
    reason: OWN_STREAMS,
  },
  {
    rule: "iam-wildcard",
    stack: "*-inspection",
    resource: "image/failures-delivery",
    detail: "KeepFailures.Resource",
    reason: OWN_STREAMS,
  },
  {
    rule: "iam-wildcard",
    stack: "*-inspection",
    resource: "role/role/policy",
    detail: "FinishLifecycle.Resource",
    reason:
      "the ARN of an Auto Scaling group has an id of Auto Scaling's own before its name, and the name is exact " +
      '(Amazon EC2 Auto Scaling User Guide, "Identity-based policy examples")',
  },
  {
    rule: "iam-wildcard",
    stack: "*-inspection",
    resource: "role/role/policy",
    detail: "BeReached.Resource",
    reason:
      "the channels of Session Manager have no ARNs, and AWS grants ssm:UpdateInstanceInformation beside them, by which an instance " +
      'says that it is there (AWS Systems Manager User Guide, "Create a custom IAM role for Session Manager")',
  },
  {
    rule: "iam-wildcard",
    stack: "*-inspection",
    resource: "role/role/policy",
    detail: "SendForOthers.Resource",
    reason:
      "Auto Scaling gives instances their ids; two tags that the launch template writes say which they are " +
      '(Service Authorization Reference, "Amazon EC2": aws:ResourceTag holds for ec2:ModifyInstanceAttribute)',
  },
  {
    rule: "iam-wildcard",
    stack: "*-inspection",
    resource: "image/role/role/policy",
    detail: "FetchComponentManager.Resource",
    reason:
      "two buckets of AWS's own, from which every machine that bakes fetches what runs components, and AWS names no objects in them " +
      '(EC2 Image Builder User Guide, "Image Builder and AWS PrivateLink interface VPC endpoints")',
  },
  {
    rule: "iam-wildcard",
    stack: "*-inspection",
    resource: "image/role/role/policy",
    detail: "WriteLog.Resource",
    reason: OWN_STREAMS,
  },
  {
    rule: "iam-wildcard",
    stack: "*-inspection",
    resource: "image/role/role/policy",
    detail: "BeTold.Resource",
    reason:
      "the channels by which Systems Manager tells a machine what to run have no ARNs " +
      '(AWS Systems Manager User Guide, "Reference: ec2messages, ssmmessages, and other API operations")',
  },
  ...["DeregisterImages", "DeleteSnapshots"].map((statement) => ({
    rule: "iam-wildcard",
    stack: "*-inspection",
    resource: "image/lifecycle-role/role/policy",
    detail: `${statement}.Resource`,
    reason:
      "ids of AMIs and snapshots are known once they are made; tags that Image Builder writes say which they are " +
      '(AWS Managed Policy Reference Guide, "EC2ImageBuilderLifecycleExecutionPolicy")',
  })),
  {
    rule: "iam-wildcard",
    stack: "*-inspection",
    resource: "image/lifecycle-role/role/policy",
    detail: "DeleteImages.Resource",
    reason: "an image's ARN ends with its version and the number of its build, and the name is exact",
  },
  {
    rule: "iam-wildcard",
    stack: "*-inspection",
    resource: "image/lifecycle-role/role/policy",
    detail: "FindImages.Resource",
    reason:
      "ec2:DescribeImages and tag:GetResources take no narrower resource " +
      '(Service Authorization Reference, "Amazon EC2", "Amazon Resource Group Tagging API")',
  },
  {
    rule: "iam-wildcard",
    stack: "*-aws-network",
    resource: "gateway-endpoints/dynamodb",
    detail: "OwnTables.Action",
    reason: ENDPOINT_POLICY,
  },
  {
    rule: "iam-wildcard",
    stack: "*-aws-network",
    resource: "gateway-endpoints/dynamodb",
    detail: "OwnTables.Resource",
    reason: ENDPOINT_POLICY,
  },
  {
    rule: "iam-wildcard",
    stack: "*-aws-network",
    resource: "gateway-endpoints/s3",
    detail: "OwnBuckets.Action",
    reason: ENDPOINT_POLICY,
  },
  {
    rule: "iam-wildcard",
    stack: "*-aws-network",
    resource: "gateway-endpoints/s3",
    detail: "OwnBuckets.Resource",
    reason: ENDPOINT_POLICY,
  },
  {
    rule: "iam-wildcard",
    stack: "*-aws-network",
    resource: "gateway-endpoints/s3",
    detail: "ReadOtherBuckets.Resource",
    reason: OTHERS_BUCKETS,
  },
  {
    rule: "iam-wildcard",
    stack: "*-aws-network",
    resource: "gateway-endpoints/s3",
    detail: "ReadOtherBuckets.Principal",
    reason: OTHERS_BUCKETS,
  },
  {
    rule: "iam-wildcard",
    stack: "*-aws-network",
    resource: "interface-endpoints/*",
    detail: "OwnIdentities.Action",
    reason: ENDPOINT_POLICY,
  },
  {
    rule: "iam-wildcard",
    stack: "*-aws-network",
    resource: "interface-endpoints/*",
    detail: "OwnIdentities.Resource",
    reason: ENDPOINT_POLICY,
  },
  {
    rule: "iam-wildcard",
    stack: "*-allowlist",
    resource: "waf-logs/delivery",
    detail: "DeliverWafLogs.Resource",
    reason: OWN_STREAMS,
  },
  {
    rule: "iam-wildcard",
    stack: "*-allowlist",
    resource: "sync/function/role/policy",
    detail: "WriteOwnLogs.Resource",
    reason: OWN_STREAMS,
  },
  {
    rule: "iam-wildcard",
    stack: "*-allowlist",
    resource: "sync/function/role/policy",
    detail: "FindStream.Resource",
    reason: "dynamodb:ListStreams is asked before the stream's label is known; it lists streams of this one table",
  },
  {
    rule: "iam-wildcard",
    stack: "*-allowlist",
    resource: "sync/function/role/policy",
    detail: "FindIpSets.Resource",
    reason:
      'wafv2:ListIPSets takes no narrower resource (Service Authorization Reference, "AWS WAF V2"); it reveals names only',
  },
  {
    rule: "iam-wildcard",
    stack: "*-allowlist",
    resource: "sync/function/role/policy",
    detail: "WriteIpSets.Resource",
    reason:
      "the ARNs of 100 sets exceed the 10,240 characters of a role's inline policies; the prefix admits the clusters' sets of " +
      "this environment and no others, and a set's id is known only after it is made",
  },
  {
    rule: "iam-wildcard",
    stack: "*-allowlist",
    resource: "sync/function/role/policy",
    detail: "KeepFailedBatches.Resource",
    reason: "Lambda chooses the object keys of failed batches; the bucket is exact",
  },
  {
    rule: "iam-wildcard",
    stack: "*-allowlist",
    resource: "sync/function/role/policy",
    detail: "KeepKnowledge.Resource",
    reason:
      "there is an object for each set and each waiting plan; the bucket is exact, and so are the two folders and the ending",
  },
  {
    rule: "iam-wildcard",
    stack: "*-wallarm-*",
    resource: "nodes/task-role/policy",
    detail: "WriteNodeMetrics.Resource",
    reason: OWN_STREAMS,
  },
  {
    rule: "iam-wildcard",
    stack: "*-lattice",
    resource: "access-logs/delivery",
    detail: "DeliverAccessLogs.Resource",
    reason: OWN_STREAMS,
  },
  {
    rule: "iam-wildcard",
    stack: "*-lattice",
    resource: "fleet/proxies/task-role/policy",
    detail: "InvokeServices.Resource",
    reason: REQUEST_PATHS,
  },
  ...[
    ["InvokeServices.Resource", REQUEST_PATHS],
    ["WriteOwnLogs.Resource", OWN_STREAMS],
    [
      "KeepInterfaces.Resource",
      "interfaces of functions have ids that nobody knows beforehand, and Lambda refuses a role that names single ones; its own calls alone " +
        "may use the statement, another denies them to the function's code (AWS Lambda Developer Guide, \"Giving Lambda functions access " +
        'to resources in an Amazon VPC")',
    ],
    [
      "FindInterfaces.Resource",
      'ec2:DescribeNetworkInterfaces and ec2:DescribeSubnets take no narrower resource (Service Authorization Reference, "Amazon EC2"); ' +
        "denied to the function's code as well",
    ],
  ].map(([detail = "", reason = ""]) => ({
    rule: "iam-wildcard",
    stack: "*-lattice",
    resource: "proxy/function/role/policy",
    detail,
    reason,
  })),
  {
    rule: "iam-wildcard",
    stack: "*-lattice",
    resource: "front/delivery",
    detail: "DeliverAccessLogs.Resource",
    reason: OWN_STREAMS,
  },
  {
    rule: "iam-wildcard",
    stack: "*-lattice",
    resource: "front/access-logs/policy",
    detail: "DeliverLogs.Resource",
    reason: LOG_FILES,
  },
  ...[
    { stack: "*-wallarm-*", accessLogs: "access-logs", service: "nodes" },
    { stack: "*-lattice", accessLogs: "fleet/access-logs", service: "fleet/proxies" },
  ].flatMap(ofFleet),
];

/** What comes with every service on Fargate behind a load balancer. */
function ofFleet({ stack, accessLogs, service }: Fleet): readonly PolicyException[] {
  const except = (resource: string, detail: string, reason: string): PolicyException => ({
    rule: "iam-wildcard",
    stack,
    resource,
    detail,
    reason,
  });
  const [execution, task] = [`${service}/execution-role/policy`, `${service}/task-role/policy`];
  return [
    except(`${accessLogs}/policy`, "DeliverLogs.Resource", LOG_FILES),
    except(execution, "WriteLogs.Resource", OWN_STREAMS),
    except(
      execution,
      "LogInToRegistry.Resource",
      "ecr:GetAuthorizationToken takes no narrower resource; the token pulls only what the role's other statements name " +
        '(Service Authorization Reference, "Amazon Elastic Container Registry")',
    ),
    except(
      task,
      "OpenExecChannels.Resource",
      'the channels of a session have no ARNs (Service Authorization Reference, "Amazon Session Manager Message Gateway ' +
        'Service"); only with exec: true, and who opens a session is decided by ecs:ExecuteCommand',
    ),
    except(
      task,
      "FindExecLogs.Resource",
      "logs:DescribeLogGroups takes no narrower resource, and ECS Exec calls it before it logs a session",
    ),
    except(task, "WriteExecLogs.Resource", OWN_STREAMS),
  ];
}

/** Where a fleet stands in its stack. */
interface Fleet {
  readonly stack: string;
  readonly accessLogs: string;
  readonly service: string;
}
