import { defineOrganization } from "../lib/environment";

/**
 * The example organization: every field, with the values that matter first. It is left alone, and describes nothing that exists.
 *
 * An organization of HCP Terraform holds the workspaces of all environments that keep their states there. To describe yours, copy this
 * file to `organizations/<organization>.ts` and change `organization` to the same name. docs/hcp-terraform.md goes on from there.
 */
export default defineOrganization({
  // The organization, which exists. The file has the same name.
  organization: "example",

  // A Terraform Enterprise of your own, in place of HCP Terraform.
  // hostname: "terraform.example.com",

  // Where the state of the stack `workspaces` itself lives. Not in a workspace that it makes: what it needs cannot wait for itself.
  state: { kind: "local" },
  // state: { kind: "s3", bucket: "acme-terraform-state", region: "eu-central-1" },

  // One version in all workspaces. An upgrade is a change of this line.
  terraformVersion: "1.11.4",

  // remote: on machines of HCP Terraform, whose addresses change. agent: on yours, from addresses that fences can admit.
  // local: wherever the command line is called; HCP Terraform then keeps states and nothing else.
  executionMode: "agent",
  agentPoolId: "apool-yoGUFz5zcRMMz53i",

  // false: a person confirms each plan.
  autoApply: false,

  // true: HCP Terraform looks for drift by itself. Its Standard edition and above can.
  assessments: false,

  // Runs that follow commits. Without it `cdktf deploy` starts them. docs/hcp-terraform.md has the trade.
  vcs: {
    repository: "acme/platform",
    branch: "main",
    // CI commits the synthesized stacks here, each into a folder of its own.
    folder: "synthesized/stacks",
    githubAppInstallationId: "ghain-ixLTq3wbJLBpGVi8",
    // oauthTokenId: "ot-hmAyP66qk2AMVdbJ",
  },

  // A run that applied starts one in each workspace that waits for it. Left out, it does with vcs and does not without.
  runTriggers: true,

  // Projects that exist already. All others that environments name are made.
  existingProjects: [],

  // What existing teams may do in the projects: read, plan, write, maintain or admin.
  teams: { platform: "write", auditors: "read" },

  // Who hears of runs. A webhook's address is a secret: it comes from the variable TF_VAR_notification_on_call_url.
  notifications: {
    "on-call": { kind: "slack", triggers: ["run:needs_attention", "run:errored", "assessment:drifted"] },
    mail: { kind: "email", addresses: ["platform@example.com"] },
  },

  // How single environments differ from all that stands above.
  environments: {
    prod: { autoApply: false, assessments: true, branch: "release" },
    dev: {
      executionMode: "remote",
      autoApply: true,
      // Somebody else's roles, in place of those of the environment's section bootstrap.
      credentials: {
        aws: {
          planRoleArn: "arn:aws:iam::111122223333:role/terraform-plan",
          applyRoleArn: "arn:aws:iam::111122223333:role/terraform-apply",
        },
      },
    },
  },
});
