import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { Fn, Op, TerraformStack } from "cdktf";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../names";
import { EphemeralVariable } from "../terraform";

/** A value in Secrets Manager, as a container gets it and as whoever fetches it must be permitted. */
export interface SecretReference {
  /**
   * What a container definition names: `<arn>`, or `<arn>:<json key>:<version stage>:<version id>` with parts left empty (Amazon
   * ECS Developer Guide, "Pass Secrets Manager secrets through Amazon ECS environment variables").
   */
  readonly valueFrom: string;
  readonly secretArn: string;
  /** What {@link valueFrom} has behind the ARN. @default - nothing: the whole secret, as it is now */
  readonly selector?: string;
  /** The customer managed key of the secret. @default - the account's key `aws/secretsmanager`, for which no permission is needed */
  readonly kmsKeyArn?: string;
}

/** A secret that somebody else keeps. */
export interface ExistingSecret {
  /** With the six characters that Secrets Manager appends to a name. */
  readonly secretArn: string;
  /** The key whose value is meant, in a secret that holds JSON. @default - the whole secret */
  readonly jsonKey?: string;
  /** @default - the account's key `aws/secretsmanager` */
  readonly kmsKeyArn?: string;
}

/** Properties of a {@link SecretToken}. */
export interface SecretTokenProps {
  /** Begins the secret's name. */
  readonly name: string;
  readonly description: string;
  readonly kmsKeyArn: string;
  /** Counts the tokens written so far, from 1. A change of it writes the variable's value as a new version. */
  readonly revision: number;
  /** Name of the Terraform variable that brings the token, one of its own in the stack: `node_token` is set as `TF_VAR_node_token`. */
  readonly variable: string;
}

/** AWS Secrets Manager User Guide, "Delete an AWS Secrets Manager secret": 7 to 30 days. */
const RECOVERY_WINDOW_DAYS = 30;

/**
 * A token in Secrets Manager that Terraform writes and never keeps: it comes from an ephemeral variable and goes into a
 * write-only argument, so neither plan nor state holds it.
 *
 * The variable is needed only by the run that makes a revision, in a saved plan as in its apply. Without it Secrets Manager refuses in
 * the apply ("You must provide either SecretString or SecretBinary") before anything refers to a new version; what runs keeps running.
 * All other runs, `destroy` among them, ask for nothing: a required variable would be demanded by each of them, and one that
 * may be null is refused by the provider beside a version number.
 *
 * The reference names one version. So a new revision changes the task definitions that use it and rolls them out, and a
 * rollback finds the token that it ran with.
 */
export class SecretToken extends Construct implements SecretReference {
  readonly valueFrom: string;
  readonly secretArn: string;
  readonly selector: string;
  readonly kmsKeyArn: string;

  constructor(scope: Construct, id: string, props: SecretTokenProps) {
    super(scope, id);
    const secret = new SecretsmanagerSecret(this, "Resource", {
      // A name of its own each time: a secret that was destroyed holds its name until the recovery window ends.
      namePrefix: `${fitName(props.name, NAME_RULES.secretPrefix)}-`,
      description: props.description,
      kmsKeyId: props.kmsKeyArn,
      recoveryWindowInDays: RECOVERY_WINDOW_DAYS,
    });
    const version = new SecretsmanagerSecretVersion(this, "version", {
      secretId: secret.id,
      secretStringWo: tokenVariable(this, props).stringValue,
      secretStringWoVersion: props.revision,
      // The old version leaves the state only when the new one is written; Secrets Manager keeps it as AWSPREVIOUS.
      lifecycle: { createBeforeDestroy: true },
    });
    this.secretArn = secret.arn;
    this.selector = `:::${version.versionId}`;
    this.valueFrom = `${this.secretArn}${this.selector}`;
    this.kmsKeyArn = props.kmsKeyArn;
  }
}

/** A secret that exists, as a reference. It names no version, so a token rotated there reaches only tasks that start afterwards. */
export function existingSecret({ secretArn, jsonKey, kmsKeyArn }: ExistingSecret): SecretReference {
  const selector = jsonKey === undefined ? "" : `:${jsonKey}::`;
  return { valueFrom: `${secretArn}${selector}`, secretArn, selector, kmsKeyArn };
}

/**
 * The text in whose place AWS CloudFormation puts the secret's value, in any property of a resource, whenever it makes or changes that
 * resource (AWS CloudFormation User Guide, "Get a secret or secret value from Secrets Manager"). Whoever deploys must be permitted to read it.
 */
export function dynamicReference({ secretArn, selector = "" }: SecretReference): string {
  return `{{resolve:secretsmanager:${secretArn}:SecretString${selector}}}`;
}

/** Stands at the root of the stack: its id is what people set, and a second one of that id is refused. */
function tokenVariable(scope: Construct, { variable: id, description }: SecretTokenProps): EphemeralVariable {
  const variable = new EphemeralVariable(TerraformStack.of(scope), id, {
    type: "string",
    description: `${description}. Needed only when its revision is new`,
    sensitive: true,
    nullable: false,
    default: "",
  });
  variable.addValidation({
    condition: Op.eq(variable.stringValue, Fn.trimspace(variable.stringValue)),
    errorMessage: `${id} begins or ends with white space, as a value does that was read from a file with its line end.`,
  });
  return variable;
}
