import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { tags } from "../../../../lib/policy/rules/tags";
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
