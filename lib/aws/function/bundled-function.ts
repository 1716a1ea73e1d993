import { join, resolve } from "node:path";

import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { App, AssetType, type ITerraformDependable, TerraformAsset } from "cdktf";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";
import { type PolicyStatement, ServiceRole } from "../iam";
import { LogGroup } from "../log-group";
import { bundleFunction } from "./bundle";

/** Properties of {@link BundledFunction}. */
export interface BundledFunctionProps {
  /** Full name; shortened to fit. */
  readonly name: string;
  readonly description: string;
  /** Absolute path of the module that exports the handler. */
  readonly entry: string;
  /** Handler within the bundle: `index.handler`. */
  readonly handler: string;
  /** Environment variables. No secrets: whoever may use the key sees them in the console. */
  readonly environment: Readonly<Record<string, string>>;
  /** Permissions besides writing its own logs. */
  readonly statements: readonly PolicyStatement[];
  /**
   * Key of the log group and of the environment variables. Have `statements` allow `kms:Decrypt` on it: Lambda's own grant is for the
   * role as it was, and a role that is made anew could not open the variables.
   */
  readonly kmsKeyArn: string;
  readonly timeoutSeconds: number;
  /** Memory in MB; CPU grows with it (AWS Lambda Developer Guide, "Configure Lambda function memory"). */
  readonly memoryMb: number;
  /** Concurrent runs set aside, which is also their limit. @default - the account's common pool */
  readonly reservedConcurrency?: number;
  /** Where it has addresses of a VPC, and who may reach what from there. @default - outside of every VPC */
  readonly network?: { readonly subnetIds: readonly string[]; readonly securityGroupId: string };
  /** Keeps each state of code and settings as a version, for aliases to name. @default false */
  readonly versions?: boolean;
  /**
   * What the function and its settings speak of: there before it, changed before it, and gone only after it. @default - nothing
   */
  readonly after?: readonly ITerraformDependable[];
}

/** A Node.js function from the project's own TypeScript, with its role and log group. */
export class BundledFunction extends Construct {
  readonly arn: string;
  readonly name: string;
  readonly role: ServiceRole;
  readonly logGroup: LogGroup;
  /** The latest of its {@link BundledFunctionProps.versions}. */
  readonly version: string;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    const name = functionName(props.name);
    this.logGroup = new LogGroup(this, "logs", { name: `/aws/lambda/${name}`, kmsKeyArn: props.kmsKeyArn });
    this.role = new ServiceRole(this, "role", {
      name,
      description: props.description,
      service: "lambda.amazonaws.com",
      statements: [
        {
          sid: "WriteOwnLogs",
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resources: [`${this.logGroup.arn}:*`],
        },
        ...props.statements,
      ],
    });

    const bundle = bundleFunction(props.entry, join(resolve(App.of(this).outdir), ".bundles"), name);
    const code = new TerraformAsset(this, "code", {
      path: bundle.zipFile,
      type: AssetType.FILE,
      assetHash: bundle.assetHash,
    });
    const lambda = new LambdaFunction(this, "Resource", {
      functionName: name,
      description: props.description,
      filename: code.path,
      sourceCodeHash: bundle.sourceCodeHash,
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: props.handler,
      role: this.role.arn,
      timeout: props.timeoutSeconds,
      memorySize: props.memoryMb,
      reservedConcurrentExecutions: props.reservedConcurrency,
      vpcConfig: props.network && {
        subnetIds: [...props.network.subnetIds],
        securityGroupIds: [props.network.securityGroupId],
      },
      publish: props.versions,
      environment: { variables: { ...props.environment } },
      kmsKeyArn: props.kmsKeyArn,
      loggingConfig: { logFormat: "Text", logGroup: this.logGroup.name },
      dependsOn: [this.role.policy, ...(props.after ?? [])],
    });
    this.arn = lambda.arn;
    this.name = lambda.functionName;
    this.version = lambda.version;
  }
}

/** The name that a function gets. */
export const functionName = (name: string): string => fitName(name, NAME_RULES.lambdaFunction);
