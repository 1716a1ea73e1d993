import { kmsKeyArn, secretArn, text, wholeNumber } from "../fields";
import { madeOrExisting, section } from "../shapes";

/** ECS and CloudFormation read a secret's parts from an ARN between colons, so that a key has none. */
const jsonKey = text({
  pattern: /^[\w.@/-]{1,128}$/,
  what: "a key of the secret's JSON: 1 to 128 letters, digits and _ . @ / -",
  example: '"token"',
});

/**
 * A secret that is made here, its value from a variable at apply, or an existing one.
 *
 * @param example the ARN of one
 */
export const madeOrExistingSecret = (what: string, example: string) =>
  madeOrExisting(
    what,
    section(
      "{ revision: 1 } or { existing: { … } }",
      {
        /**
         * The secret is made here, and its value comes from a variable at apply; it enters neither state nor plan. Raise the number to
         * write another value: nothing else tells that the variable's is new. @default 1
         */
        revision: wholeNumber("the number of the value, counted by hand", 1, 1_000_000).default(1),
      },
      ["existing"],
    ),
    section(`{ secretArn: "${example}" }`, {
      /** A Secrets Manager secret of this Region that holds the value, in full with the six characters at its end. */
      secretArn: secretArn(/[\w/+=.@-]+/, "the ARN of a Secrets Manager secret", example),
      /** Key of the value where the secret holds JSON. @default - the whole secret is the value */
      jsonKey: jsonKey.optional(),
      /** Key that encrypts the secret. @default - the account's own `aws/secretsmanager` */
      kmsKeyArn: kmsKeyArn.optional(),
    }),
  );
