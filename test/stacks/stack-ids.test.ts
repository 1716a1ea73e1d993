import example from "../../environments/example";
import { stackIdsOf } from "../../lib/environment";
import clouds from "../environments/clouds";
import elsewhere from "../environments/elsewhere";
import guest from "../environments/guest";
import hosted from "../environments/hosted";
import latticed from "../environments/latticed";
import lent from "../environments/lent";
import premium from "../environments/premium";
import remote from "../environments/remote";
import { stackTemplates } from "../support/stacks";

/** Names of workspaces are checked before anything is built: what is told then has to be what is built. */
test.each([example, clouds, elsewhere, guest, hosted, latticed, lent, premium, remote].map((one) => [one.name, one]))(
  "the stacks of %s are told from its file alone",
  (_, environment) => {
    expect([...stackIdsOf(environment)].sort()).toEqual([...stackTemplates(environment).stackIds].sort());
  },
);
