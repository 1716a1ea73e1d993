import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
import { Subnet } from "@cdktf/provider-azurerm/lib/subnet";
import { AZURE_WITHOUT_TAGS, tags } from "../../../../lib/policy/rules/tags";
import { judge } from "../support";

/** The stack under test comes with a provider that tags `environment`. */
it("accepts providers that set every key", () => {
  const both = { environment: "dev", "example.com/owner": "platform" };
  expect(
    judge(tags({ required: ["environment"] }), (stack) => {
      new AwsProvider(stack, "second", { alias: "global", defaultTags: [{ tags: both }] });
    }),
  ).toEqual([]);
});

it("reports every missing key of every AWS provider", () => {
  expect(
    judge(tags({ required: ["environment", "example.com/owner"] }), (stack) => {
      new AwsProvider(stack, "second", { alias: "global", defaultTags: [{ tags: { "example.com/owner": "me" } }] });
      new AwsProvider(stack, "third", { alias: "other", defaultTags: [{ tags: { environment: "" } }] });
      new AwsProvider(stack, "fourth", { alias: "bare" });
    }).map((line) => line.split(";")[0]),
  ).toEqual([
    "tags dev-example/provider.aws: default_tags lacks example.com/owner",
    "tags dev-example/provider.aws.global: default_tags lacks environment",
    "tags dev-example/provider.aws.other: default_tags lacks environment",
    "tags dev-example/provider.aws.other: default_tags lacks example.com/owner",
    "tags dev-example/provider.aws.bare: default_tags lacks environment",
    "tags dev-example/provider.aws.bare: default_tags lacks example.com/owner",
  ]);
});

it("asks nothing of resources, whose own tags only add", () => {
  const untagged = judge(tags({ required: ["environment"] }), (stack) => new SqsQueue(stack, "x", { tags: {} }));
  expect(untagged).toEqual([]);
});

describe("Azure, whose provider has no default tags", () => {
  const address = { name: "a", location: "westeurope", resourceGroupName: "a", allocationMethod: "Static" };
  const judged = (given: Record<string, string> | undefined): readonly string[] =>
    judge(tags({ required: ["environment"] }), (stack) => new PublicIp(stack, "x", { ...address, tags: given })).map(
      (line) => line.split(";")[0] ?? "",
    );

  it("is held to tags of each resource", () => {
    expect(judged({ environment: "dev", owner: "me" })).toEqual([]);
    const lacking: readonly (Record<string, string> | undefined)[] = [
      undefined,
      {},
      { environment: "" },
      { owner: "me" },
    ];
    for (const given of lacking) {
      expect(judged(given)).toEqual(["tags dev-example/x: tags lacks environment"]);
    }
  });

  it("is asked for none where there can be none", () => {
    const subnet = { name: "a", resourceGroupName: "a", virtualNetworkName: "a", addressPrefixes: ["10.0.0.0/24"] };
    expect(judge(tags({ required: ["environment"] }), (stack) => new Subnet(stack, "x", subnet))).toEqual([]);
  });

  it.each(AZURE_WITHOUT_TAGS)("has no argument for tags in %s", (type) => {
    const folder = type.replace("azurerm_", "").replaceAll("_", "-");
    const binding = join(dirname(require.resolve(`@cdktf/provider-azurerm/lib/${folder}`)), "index.d.ts");
    expect(readFileSync(binding, "utf8")).toContain(`"${type}"`);
    expect(readFileSync(binding, "utf8")).not.toMatch(/readonly tags\?/);
  });
});
