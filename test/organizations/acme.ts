import { defineOrganization } from "../../lib/environment";

/** Runs that follow commits, on agents for the one environment and on HCP Terraform's machines for the other. */
export default defineOrganization({
  organization: "acme",
  terraformVersion: "1.11.4",
  assessments: true,
  vcs: { repository: "acme/platform", branch: "main", oauthTokenId: "ot-hmAyP66qk2AMVdbJ" },
  existingProjects: ["platform"],
  teams: { platform: "write", auditors: "read", on_call: "plan" },
  notifications: {
    "on-call": { kind: "slack" },
    mail: { kind: "email", addresses: ["ops@acme.example", "platform@acme.example"], triggers: ["run:errored"] },
  },
  environments: {
    remote: { executionMode: "agent", agentPoolId: "apool-yoGUFz5zcRMMz53i", branch: "release" },
    hosted: {
      autoApply: true,
      credentials: {
        aws: {
          planRoleArn: "arn:aws:iam::444455556666:role/terraform-plan",
          applyRoleArn: "arn:aws:iam::444455556666:role/terraform-apply",
        },
      },
    },
  },
});
