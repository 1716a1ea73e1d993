import { EdgeDashboard } from "../../../lib/aws/edge-dashboard";
import { balancerIn, built, chartsOf, unpublished } from "./cloudwatch";

const template = built(
  (stack) =>
    new EdgeDashboard(stack, "dashboard", {
      ...balancerIn(stack),
      clusterName: "edges",
      serviceName: "nodes",
      name: "test-edge",
      place: { accountId: "111122223333", region: "eu-central-1" },
      targetsCalled: "proxies",
    }),
);
const charts = [...chartsOf(template).values()];
const lines = charts.flat();

test("it has the name that it was given", () => {
  template.resource("aws_cloudwatch_dashboard", { dashboard_name: "test-edge" });
});

test("it shows only metrics that are published with exactly these dimensions", () => {
  expect(unpublished(lines)).toEqual([]);
});

test("all are of this balancer, these targets and this service", () => {
  for (const { dimensions } of lines) {
    const { LoadBalancer, TargetGroup, ...service } = dimensions;
    if (LoadBalancer === undefined) expect(service).toEqual({ ClusterName: "edges", ServiceName: "nodes" });
    else expect(template.follow(LoadBalancer).block.type).toBe("aws_lb");
    if (TargetGroup !== undefined) expect(template.follow(TargetGroup).block.type).toBe("aws_lb_target_group");
  }
});

test.each([
  [
    "requests and status classes",
    ["RequestCount", ...["2XX", "3XX", "4XX", "5XX"].map((c) => `HTTPCode_Target_${c}_Count`)],
  ],
  ["the balancer's own errors", ["HTTPCode_ELB_5XX_Count", "RejectedConnectionCount"]],
  ["tasks wanted and running", ["DesiredTaskCount", "RunningTaskCount"]],
  ["CPU and memory", ["CPUUtilization", "MemoryUtilization"]],
  ["hosts by their health", ["HealthyHostCount", "UnHealthyHostCount"]],
  ["consumed capacity", ["ConsumedLCUs"]],
])("%s stand in one chart", (_, names) => {
  const together = charts.filter((chart) => names.every((name) => chart.some((line) => line.name === name)));
  expect(together).toHaveLength(1);
});

test.each([
  ["TargetResponseTime", "p50"],
  ["TargetResponseTime", "p99"],
  ["RequestCount", "Sum"],
  ["HTTPCode_ELB_5XX_Count", "Sum"],
  ["HealthyHostCount", "Minimum"],
  ["UnHealthyHostCount", "Maximum"],
  ["MemoryUtilization", "Maximum"],
  ["CPUUtilization", "Average"],
])("%s is shown as %s", (name, statistic) => {
  expect(lines).toContainEqual(expect.objectContaining({ name, statistic }));
});

test("no two lines of a chart have one label", () => {
  for (const chart of charts) {
    const labels = chart.map(({ label }) => label);
    expect(labels).not.toContain(undefined);
    expect(new Set(labels).size).toBe(labels.length);
  }
});

test("it calls those that answer what they are", () => {
  expect([...chartsOf(template).keys()].filter((title) => title.includes("proxies"))).toHaveLength(2);
});

test("calls of gRPC have charts of their own, of their own targets", () => {
  const both = built((stack) => {
    new EdgeDashboard(stack, "dashboard", {
      ...balancerIn(stack),
      clusterName: "edges",
      serviceName: "nodes",
      name: "test-edge",
      place: { accountId: "111122223333", region: "eu-central-1" },
      targetsCalled: "proxies",
      grpcTargetGroup: { arnSuffix: "targetgroup/grpc/3" },
    });
  });
  const added = [...chartsOf(both)].filter(([title]) => !chartsOf(template).has(title)).flatMap(([, shown]) => shown);
  expect(unpublished(added)).toEqual([]);
  expect(new Set(added.map(({ dimensions }) => dimensions.TargetGroup))).toEqual(new Set(["targetgroup/grpc/3"]));
  expect(new Set(added.map(({ name }) => name))).toEqual(
    new Set(["RequestCount", "TargetResponseTime", "HealthyHostCount", "UnHealthyHostCount"]),
  );
});
