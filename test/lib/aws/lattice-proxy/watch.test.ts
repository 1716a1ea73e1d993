import { ApiAlarms } from "../../../../lib/aws/lattice-proxy/api-watch";
import { FunctionAlarms } from "../../../../lib/aws/lattice-proxy/function-watch";
import { FunctionBalancerAlarms } from "../../../../lib/aws/load-balancer/balancer-alarms";
import { textOf } from "../../../support/json";
import { alarmNamed, alarmsOf, balancerIn, built, isFaulty } from "../cloudwatch";

const TOPICS = ["arn:aws:sns:eu-central-1:111122223333:alarms"];
const metric = (name: string) => ({ namespace: "AWS/ApiGateway", name, dimensions: {} });

const template = built((stack) => {
  const common = { name: "shop", topicArns: TOPICS };
  new FunctionAlarms(stack, "function", { ...common, proxy: { name: "shop-proxy", timeoutSeconds: 30 } });
  new FunctionBalancerAlarms(stack, "balancer", { ...common, ...balancerIn(stack) });
  const metrics = {
    requests: metric("Count"),
    clientErrors: metric("4xx"),
    serverErrors: metric("5xx"),
    latency: metric("Latency"),
  };
  new ApiAlarms(stack, "api", { ...common, metrics });
});

test("each is named after what it watches, tells the topics, and says what to do", () => {
  const all = [...alarmsOf(template)];
  expect(all.map(([name]) => name).sort()).toEqual([
    "shop-api-5xx",
    "shop-balancer-5xx",
    "shop-function-errors",
    "shop-function-near-timeout",
    "shop-function-throttles",
    "shop-rejected-connections",
    "shop-slow-responses",
    "shop-target-5xx",
  ]);
  for (const [, alarm] of all) {
    expect(alarm).toMatchObject({ alarm_actions: TOPICS, ok_actions: TOPICS });
    expect(alarm.alarm_description).toMatch(/^[\x20-\x7e]{80,1024}$/);
  }
});

test("errors before a load balancer lead to what a function has: its own alarms and log, and no connections that it could break", () => {
  const [target, balancer] = ["target", "balancer"].map((by) =>
    textOf(alarmNamed(template, `shop-${by}-5xx`).alarm_description),
  );
  expect(target).toContain("via_upstream");
  for (const name of ["502", "function-errors", "function-throttles", "error_reason"]) expect(balancer).toContain(name);
  expect(`${target}${balancer}`).not.toMatch(/error log|targets/);
});

describe("a share of errors before API Gateway", () => {
  it.each([
    ["one request in twenty", { errors: 5, requests: 100 }, true],
    ["fewer", { errors: 5, requests: 101 }, false],
    ["all of a few", { errors: 4, requests: 4 }, false],
    ["all of some more", { errors: 5, requests: 5 }, true],
    ["nothing at all", { errors: undefined, requests: undefined }, false],
  ])("counts when it is %s", (_, period, expected) => {
    expect(isFaulty(alarmNamed(template, "shop-api-5xx"), period)).toBe(expected);
  });
});

describe("slow answers of a function", () => {
  it.each([
    ["enough requests that are slow", { milliseconds: 5000, requests: 100 }, true],
    ["enough that are not", { milliseconds: 4999, requests: 100 }, false],
    ["one that is", { milliseconds: 20_000, requests: 1 }, false],
    ["none", { milliseconds: undefined, requests: undefined }, false],
  ])("count for %s", (_, period, expected) => {
    expect(isFaulty(alarmNamed(template, "shop-slow-responses"), period)).toBe(expected);
  });
});

test.each([10, 30])(
  "a run of %s seconds at most is near its end before the function answers, a second early",
  (timeoutSeconds) => {
    const alarms = built((stack) => {
      new FunctionAlarms(stack, "function", {
        name: "shop",
        proxy: { name: "shop-proxy", timeoutSeconds },
        topicArns: TOPICS,
      });
    });
    const { threshold } = alarmNamed(alarms, "shop-function-near-timeout");
    expect(threshold).toBe((timeoutSeconds - 1.5) * 1000);
  },
);

test("one failed run alone wakes nobody", () => {
  expect(alarmNamed(template, "shop-function-errors")).toMatchObject({ threshold: 1, evaluation_periods: 2 });
});
