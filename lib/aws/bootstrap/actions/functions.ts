import { allow, claimed, mentioned, named, retagged, type Scope } from "../scope";
import { EC2 } from "./ec2";
import { type ActionTable, keysThrough } from "./table";

const FUNCTION = "lambda:{region}:{account}:function:{name}";
// An alias or version of a function is behind a colon.
const FUNCTIONS = named("Functions", "lambda", FUNCTION, `${FUNCTION}:*`);

const OTHERS_FUNCTIONS = mentioned(
  "NamedFunctions",
  "lambda",
  /\barn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+/g,
  "$&",
);

const MAPPING = "lambda:{region}:{account}:event-source-mapping:*";

/** Event source mappings have ids; the function that one calls narrows it. */
const MAPPINGS: Scope = {
  sid: "FunctionMappings",
  service: "lambda",
  resources: ["*"],
  conditions: {
    ArnLike: { "lambda:FunctionArn": "arn:{partition}:lambda:{region}:{account}:function:{name}" },
  },
  because:
    "Lambda gives mappings their ids and takes no resource when one is made; the function in the condition is the environment's",
};

const READ_MAPPINGS: Scope = {
  ...MAPPINGS,
  sid: "FunctionMappingsRead",
  resources: [MAPPING],
  conditions: undefined,
  because: "Lambda gives mappings their ids; tags of a mapping are read by them",
};

const INTERFACES: Scope = {
  sid: "FunctionInterfaces",
  service: "ec2",
  resources: ["ec2:{region}:{account}:network-interface/*"],
  because:
    "Lambda leaves interfaces behind in the subnets of a function, untagged, which the provider clears away with them; EC2 gives up none that is in use",
};

const FUNCTION_KEYS = keysThrough("KeysOfFunctions", "lambda");

const SCHEDULES = named("Schedules", "scheduler", "scheduler:{region}:{account}:schedule/default/{name}");

const permissions = ["AddPermission", "RemovePermission"];

/** AWS Lambda, and EventBridge Scheduler, which starts functions. */
export const FUNCTIONS_AND_SCHEDULES: ActionTable = {
  aws_lambda_function: {
    nameArgument: "function_name",
    reads: [
      allow(
        FUNCTIONS,
        "GetFunction",
        "GetFunctionCodeSigningConfig",
        "GetFunctionConcurrency",
        "GetFunctionConfiguration",
        "ListTags",
        "ListVersionsByFunction",
      ),
      // Without it Lambda withholds the variables of a function, and a plan would set them anew each time.
      allow(FUNCTION_KEYS, "Decrypt"),
    ],
    writes: [
      allow(
        FUNCTIONS,
        "CreateFunction",
        "UpdateFunctionCode",
        "UpdateFunctionConfiguration",
        "DeleteFunction",
        "PublishVersion",
        "PutFunctionConcurrency",
        "DeleteFunctionConcurrency",
        "TagResource",
        "UntagResource",
      ),
      allow(FUNCTION_KEYS, "CreateGrant", "DescribeKey", "Encrypt", "GenerateDataKey"),
      allow(EC2, "DescribeNetworkInterfaces", "DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs"),
      allow(INTERFACES, "DeleteNetworkInterface"),
    ],
    passesRoleTo: "lambda.amazonaws.com",
  },
  aws_lambda_alias: {
    reads: [allow(FUNCTIONS, "GetAlias")],
    writes: [allow(FUNCTIONS, "CreateAlias", "UpdateAlias", "DeleteAlias")],
  },
  aws_lambda_provisioned_concurrency_config: {
    reads: [allow(FUNCTIONS, "GetProvisionedConcurrencyConfig")],
    writes: [allow(FUNCTIONS, "PutProvisionedConcurrencyConfig", "DeleteProvisionedConcurrencyConfig")],
  },
  aws_lambda_function_event_invoke_config: {
    reads: [allow(FUNCTIONS, "GetFunctionEventInvokeConfig")],
    writes: [
      allow(
        FUNCTIONS,
        "PutFunctionEventInvokeConfig",
        "UpdateFunctionEventInvokeConfig",
        "DeleteFunctionEventInvokeConfig",
      ),
    ],
  },
  aws_lambda_permission: {
    reads: [allow(FUNCTIONS, "GetPolicy"), allow(OTHERS_FUNCTIONS, "GetPolicy")],
    writes: [allow(FUNCTIONS, ...permissions), allow(OTHERS_FUNCTIONS, ...permissions)],
  },
  aws_lambda_event_source_mapping: {
    reads: [allow(MAPPINGS, "GetEventSourceMapping"), allow(READ_MAPPINGS, "ListTags")],
    writes: [
      allow(MAPPINGS, "CreateEventSourceMapping", "UpdateEventSourceMapping", "DeleteEventSourceMapping"),
      allow(claimed("FunctionMappings", "lambda", MAPPING), "TagResource"),
      allow(retagged("FunctionMappings", "lambda", MAPPING), "TagResource", "UntagResource"),
    ],
  },
  aws_scheduler_schedule: {
    nameArgument: "name",
    reads: [allow(SCHEDULES, "GetSchedule")],
    writes: [allow(SCHEDULES, "CreateSchedule", "UpdateSchedule", "DeleteSchedule")],
    passesRoleTo: "scheduler.amazonaws.com",
  },
  "data.aws_ssm_parameter": {
    reads: [
      allow(
        mentioned("NamedParameters", "ssm", /(?<="name":")\/[\w./-]+/g, "ssm:{region}:*:parameter$&"),
        "GetParameter",
      ),
    ],
  },
};
