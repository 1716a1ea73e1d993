import { says, text } from "../fields";
import { listOf, section } from "../shapes";

/** Whom AWS Resource Access Manager shares with. */
const sharePrincipal = text({
  pattern:
    /^(\d{12}|arn:aws[a-z-]*:organizations::\d{12}:(organization|ou)\/o-[a-z0-9]{10,32}(\/ou-[a-z0-9-]{6,68})?)$/,
  what: "an account id, or the ARN of an organization or an organizational unit",
  example: '"111122223333"',
});

/** Whom something is shared with through AWS Resource Access Manager. */
export const share = section('{ principals: ["111122223333"] }', {
  /** Accounts, organizations and organizational units. */
  principals: listOf(sharePrincipal, "a list of accounts or organizations", '["111122223333"]', {
    min: 1,
    fault: says("must name somebody", "leave 'share' out to share with nobody"),
  }),
});

/** Whom a resource's own policy admits. */
export const principalArn = text({
  pattern: /^arn:aws[a-z-]*:iam::\d{12}:(root|(user|role)\/[\w+=,.@/-]+)$/,
  what: "the ARN of an account, a role or a user",
  example: '"arn:aws:iam::111122223333:root"',
});
