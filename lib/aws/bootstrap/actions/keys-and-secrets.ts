import { allow, claimed, made, named, owned, retagged, type Scope } from "../scope";
import { type ActionTable, keysThrough } from "./table";

const KEY = "kms:{region}:{account}:key/*";
const OWN = owned("Keys", "kms", KEY);

/** What a deploy does with a key within the minutes in which its tags do not count yet; none of it opens or changes anything. */
const NEW: Scope = {
  sid: "KeysNew",
  service: "kms",
  resources: [KEY],
  because:
    'a new key\'s tags may take five minutes to count (AWS KMS Developer Guide, "Using tags to control access to KMS keys"); these actions read what ' +
    "describes a key, turn its rotation on and give it a name of the environment",
};

const ALIASES = named("KeyAliases", "kms", "kms:{region}:{account}:alias/{environment}-*");

const LIST: Scope = {
  sid: "KeysList",
  service: "kms",
  resources: ["*"],
  conditions: { StringEquals: { "aws:RequestedRegion": "{region}" } },
  because: "kms:ListAliases takes no narrower resource (Service Authorization Reference)",
};

const SECRET = "secretsmanager:{region}:{account}:secret:{environment}-*";
const SECRETS = named("Secrets", "secretsmanager", SECRET);
/** Somebody else's secret may be named alike. A new one's tags count at once. */
const OWN_SECRETS = owned("Secrets", "secretsmanager", SECRET);
const SECRET_KEYS = keysThrough("KeysOfSecrets", "secretsmanager");

const ALIAS_ACTIONS = ["CreateAlias", "UpdateAlias", "DeleteAlias"];

/** AWS KMS and AWS Secrets Manager. */
export const KEYS_AND_SECRETS: ActionTable = {
  aws_kms_key: {
    reads: [allow(NEW, "DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags")],
    writes: [
      // A key has no ARN before it is made.
      allow(made("Keys", "kms", "*"), "CreateKey"),
      allow(claimed("Keys", "kms", KEY), "TagResource"),
      allow(retagged("Keys", "kms", KEY), "TagResource", "UntagResource"),
      allow(NEW, "EnableKeyRotation"),
      allow(
        OWN,
        "PutKeyPolicy",
        "DisableKey",
        "DisableKeyRotation",
        "EnableKey",
        "ScheduleKeyDeletion",
        "UpdateKeyDescription",
      ),
    ],
  },
  aws_kms_alias: {
    reads: [allow(LIST, "ListAliases")],
    writes: [allow(ALIASES, ...ALIAS_ACTIONS), allow(NEW, ...ALIAS_ACTIONS)],
  },
  aws_secretsmanager_secret: {
    reads: [allow(SECRETS, "DescribeSecret", "GetResourcePolicy")],
    writes: [
      allow(SECRETS, "CreateSecret"),
      allow(claimed("Secrets", "secretsmanager", SECRET), "TagResource"),
      allow(retagged("Secrets", "secretsmanager", SECRET), "TagResource", "UntagResource"),
      allow(OWN_SECRETS, "UpdateSecret", "DeleteSecret"),
      allow(SECRET_KEYS, "Decrypt", "GenerateDataKey"),
    ],
  },
  aws_secretsmanager_secret_version: {
    // The provider asks for the value of a write-only version too, to see that it is there, and keeps it nowhere.
    reads: [allow(OWN_SECRETS, "GetSecretValue"), allow(SECRET_KEYS, "Decrypt")],
    writes: [
      allow(SECRETS, "ListSecretVersionIds"),
      allow(OWN_SECRETS, "PutSecretValue", "UpdateSecretVersionStage"),
      allow(SECRET_KEYS, "GenerateDataKey"),
    ],
  },
};
