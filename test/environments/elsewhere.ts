import { defineEnvironment } from "../../lib/environment";

/** Clusters whose addresses stand in the Terraform states of others: of each kind, and with the table's composite key. */
export default defineEnvironment({
  name: "elsewhere",
  state: { kind: "s3", bucket: "acme-terraform-state", region: "eu-central-1" },
  access: { operators: ["198.18.7.0/24"] },
  aws: { accountId: "111122223333", region: "eu-central-1" },
  rancher: {
    url: "https://rancher.example.com",
    clusters: {
      "otc-billing": {
        egress: {
          state: {
            kind: "s3",
            bucket: "acme-terraform-state",
            key: "otc/billing.tfstate",
            region: "eu-central-1",
            roleArn: "arn:aws:iam::444455556666:role/state-reader",
          },
        },
      },
    },
  },
  allowlist: {
    table: { keySchema: "id+ips" },
    clusters: {
      "gke-search": {
        state: { kind: "hcp", organization: "acme", workspace: "gke-search" },
        output: "nat-addresses",
      },
      "eks.checkout": { state: { kind: "local", path: "../eks/checkout.tfstate" }, output: "nat_public_ips" },
    },
  },
});
