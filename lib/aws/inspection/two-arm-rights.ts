import { type AwsPlace, arnOf } from "../../names";
import type { PolicyStatement } from "../iam";

/** The authority in whose name a proxy opens connections. */
export interface Authority {
  /** Secret with its certificate and key. */
  readonly secretArn: string;
  /** Key that encrypts the secret. @default - the account's own `aws/secretsmanager`, which opens to whoever may read the secret */
  readonly kmsKeyArn?: string;
}

/** What an appliance with two arms has besides. */
export interface TwoArms {
  /** Tags that together every instance of the fleet has from its start, and no other instance. */
  readonly tags: Readonly<Record<string, string>>;
  /** @default - the proxy opens no connection */
  readonly authority?: Authority;
}

/**
 * What an appliance with two arms may do besides: send what is not its own, and read the authority of its proxy.
 *
 * EC2 lists `ec2:Attribute` and `ec2:Attribute/SourceDestCheck` for the action (Service Authorization Reference, "Amazon EC2"), which would hold
 * it to this one attribute. For a sibling action others found neither in the requests, and then nothing would be allowed: tags alone decide.
 */
export function twoArmStatements(place: AwsPlace, { tags, authority }: TwoArms): readonly PolicyStatement[] {
  const sendForOthers: PolicyStatement = {
    sid: "SendForOthers",
    actions: ["ec2:ModifyInstanceAttribute"],
    resources: [arnOf(place, "ec2", "instance/*")],
    conditions: {
      StringEquals: Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
    },
  };
  return [sendForOthers, ...(authority ? readAuthority(place, authority) : [])];
}

function readAuthority({ region }: AwsPlace, { secretArn, kmsKeyArn }: Authority): readonly PolicyStatement[] {
  const read = { sid: "ReadAuthority", actions: ["secretsmanager:GetSecretValue"], resources: [secretArn] };
  if (kmsKeyArn === undefined) return [read];
  const open: PolicyStatement = {
    sid: "OpenAuthority",
    actions: ["kms:Decrypt"],
    resources: [kmsKeyArn],
    conditions: {
      StringEquals: {
        "kms:ViaService": `secretsmanager.${region}.amazonaws.com`,
        // What Secrets Manager encrypts carries the secret's ARN: nothing else under the same key opens.
        "kms:EncryptionContext:SecretARN": secretArn,
      },
    },
  };
  return [read, open];
}
