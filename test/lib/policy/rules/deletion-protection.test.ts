import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { Ec2TransitGateway } from "@cdktf/provider-aws/lib/ec2-transit-gateway";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { VpcEndpointService } from "@cdktf/provider-aws/lib/vpc-endpoint-service";
import { VpclatticeServiceNetwork } from "@cdktf/provider-aws/lib/vpclattice-service-network";
import { LogAnalyticsWorkspace } from "@cdktf/provider-azurerm/lib/log-analytics-workspace";
import { ManagementLock } from "@cdktf/provider-azurerm/lib/management-lock";
import { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
import { PublicIpPrefix } from "@cdktf/provider-azurerm/lib/public-ip-prefix";
import { Cluster } from "@cdktf/provider-rancher2/cluster";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { TerraformStack } from "cdktf";
import { deletionProtection } from "../../../../lib/policy/rules/deletion-protection";
import { judge } from "../support";

const table = { name: "clusters", billingMode: "PAY_PER_REQUEST", hashKey: "id" };
const kept = { lifecycle: { preventDestroy: true } };
const azure = { name: "a", location: "westeurope", resourceGroupName: "a" };
const everywhere = deletionProtection({ isProtected: () => true });

const lock = (stack: TerraformStack, scope: string, lockLevel = "CanNotDelete"): ManagementLock =>
  new ManagementLock(stack, "lock", { name: "a", scope, lockLevel });

type Build = (stack: TerraformStack, protect: boolean) => void;

const guarded: readonly (readonly [string, string, Build])[] = [
  ["a key", "lifecycle.prevent_destroy", (s, on) => new KmsKey(s, "x", on ? kept : {})],
  ["an Elastic IP", "lifecycle.prevent_destroy", (s, on) => new Eip(s, "x", on ? kept : {})],
  ["a bucket", "lifecycle.prevent_destroy", (s, on) => new S3Bucket(s, "x", on ? kept : {})],
  [
    "a table's data",
    "lifecycle.prevent_destroy",
    (s, on) => new DynamodbTable(s, "x", { ...table, deletionProtectionEnabled: true, ...(on && kept) }),
  ],
  [
    "a table",
    "deletion_protection_enabled",
    (s, on) => new DynamodbTable(s, "x", { ...table, deletionProtectionEnabled: on, ...kept }),
  ],
  [
    "a workspace",
    "lifecycle.prevent_destroy",
    (s, on) => new LogAnalyticsWorkspace(s, "x", { ...azure, ...(on && kept) }),
  ],
  [
    "an address of Azure",
    "lifecycle.prevent_destroy",
    (s, on) => {
      lock(s, new PublicIp(s, "x", { ...azure, allocationMethod: "Static", ...(on && kept) }).id);
    },
  ],
  [
    "a prefix of Azure",
    "lifecycle.prevent_destroy",
    (s, on) => {
      lock(s, new PublicIpPrefix(s, "x", { ...azure, ...(on && kept) }).id);
    },
  ],
  ["a cluster in Rancher", "lifecycle.prevent_destroy", (s, on) => new Cluster(s, "x", { name: "a", ...(on && kept) })],
  ["a transit gateway", "lifecycle.prevent_destroy", (s, on) => new Ec2TransitGateway(s, "x", on ? kept : {})],
  [
    "an endpoint service",
    "lifecycle.prevent_destroy",
    (s, on) => new VpcEndpointService(s, "x", { acceptanceRequired: true, ...(on && kept) }),
  ],
  [
    "a service network",
    "lifecycle.prevent_destroy",
    (s, on) => new VpclatticeServiceNetwork(s, "x", { name: "a", ...(on && kept) }),
  ],
  ["a load balancer", "enable_deletion_protection", (s, on) => new Lb(s, "x", { enableDeletionProtection: on })],
];

it.each(guarded)("guards %s by %s", (_name, argument, build) => {
  expect(
    judge(everywhere, (stack) => {
      build(stack, true);
    }),
  ).toEqual([]);
  expect(
    judge(everywhere, (stack) => {
      build(stack, false);
    }),
  ).toEqual([
    `deletion-protection dev-example/x: ${argument} is not true although the environment is protected; ` +
      "derive it from the environment's protect",
  ]);
});

it("leaves environments alone that are not protected", () => {
  const others = deletionProtection({ isProtected: (stackId) => stackId !== "dev-example" });
  expect(judge(others, (stack) => new KmsKey(stack, "x"))).toEqual([]);
});

it("leaves alone what can be made again", () => {
  expect(judge(everywhere, (stack) => new SqsQueue(stack, "x"))).toEqual([]);
});

it.each<readonly [string, (stack: TerraformStack, address: PublicIp) => unknown]>([
  ["no lock", () => undefined],
  [
    "the lock of another",
    (stack) => lock(stack, new PublicIp(stack, "y", { ...azure, ...kept, allocationMethod: "Static" }).id),
  ],
  ["a lock that lets it be deleted", (stack, { id }) => lock(stack, id, "ReadOnly")],
])("wants a lock on an address of Azure, and finds %s", (_name, build) => {
  const found = judge(everywhere, (stack) => {
    build(stack, new PublicIp(stack, "x", { ...azure, ...kept, allocationMethod: "Static" }));
  });
  expect(found.filter((line) => line.includes("dev-example/x"))).toEqual([
    expect.stringMatching(/^deletion-protection dev-example\/x: no azurerm_management_lock .*CanNotDelete$/),
  ]);
});
