import { NODE_METRICS, nodeSidecar } from "../../../../lib/aws/wallarm/node-sidecar";

const SIDECAR = nodeSidecar({
  edge: "api",
  region: "eu-central-1",
  logGroup: { name: "/ringfence/metrics", arn: "arn:aws:logs:eu-central-1:111122223333:log-group:/ringfence/metrics" },
});

interface CollectorConfiguration {
  readonly receivers: {
    readonly prometheus: {
      readonly config: {
        readonly scrape_configs: readonly {
          readonly static_configs: readonly {
            readonly targets: readonly string[];
            readonly labels: Readonly<Record<string, string>>;
          }[];
          readonly metric_relabel_configs: readonly {
            readonly source_labels: readonly string[];
            readonly regex: string;
            readonly action: "keep" | "drop";
          }[];
        }[];
      };
    };
  };
  readonly exporters: { readonly awsemf: Readonly<Record<string, unknown>> };
  readonly service: {
    readonly extensions: readonly string[];
    readonly pipelines: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  };
}

const TEXT = SIDECAR.container.environment?.AOT_CONFIG_CONTENT ?? "";
const CONFIGURATION = JSON.parse(TEXT) as CollectorConfiguration;

/** Whether the collector would take a sample; Prometheus holds the whole value against a pattern. */
function isTaken(sample: Readonly<Record<string, string>>): boolean {
  const [scrape] = CONFIGURATION.receivers.prometheus.config.scrape_configs;
  return (scrape?.metric_relabel_configs ?? []).every(({ source_labels, regex, action }) => {
    const value = source_labels.map((label) => sample[label] ?? "").join(";");
    return new RegExp(`^(?:${regex})$`).test(value) === (action === "keep");
  });
}

it("asks the node inside the task", () => {
  expect(CONFIGURATION.receivers.prometheus.config.scrape_configs).toMatchObject([
    { static_configs: [{ targets: ["127.0.0.1:9445"], labels: { Edge: "api" } }] },
  ]);
});

it("takes the listed metrics, and of none the parts by application", () => {
  for (const name of NODE_METRICS) {
    expect(isTaken({ __name__: name })).toBe(true);
    expect(isTaken({ __name__: name, app_id: "23" })).toBe(false);
    expect(isTaken({ __name__: `${name}_more` })).toBe(false);
  }
  for (const name of ["go_goroutines", "process_cpu_seconds_total", "wallarm_wd_process_state", "vm_x"]) {
    expect(isTaken({ __name__: name })).toBe(false);
  }
});

it("costs no more custom metrics than that for an edge, however many tasks it has", () => {
  expect(NODE_METRICS.length).toBeLessThanOrEqual(20);
  expect(CONFIGURATION.exporters.awsemf).toMatchObject({
    dimension_rollup_option: "NoDimensionRollup",
    metric_declarations: [{ dimensions: [["Edge"]], metric_name_selectors: ["^wallarm_"] }],
  });
});

it("writes to the given log group, with permission for nothing else", () => {
  expect(CONFIGURATION.exporters.awsemf).toMatchObject({
    region: "eu-central-1",
    log_group_name: "/ringfence/metrics",
  });
  expect(SIDECAR.statements).toEqual([
    {
      sid: "WriteNodeMetrics",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: ["arn:aws:logs:eu-central-1:111122223333:log-group:/ringfence/metrics:*"],
    },
  ]);
});

it("uses all that it declares, and declares what its health check asks", () => {
  expect(CONFIGURATION).toMatchObject({ extensions: { health_check: {} } });
  expect(CONFIGURATION.service.extensions).toContain("health_check");
  const { receivers, processors, exporters } = JSON.parse(TEXT) as Record<string, object>;
  expect(CONFIGURATION.service.pipelines).toEqual({
    metrics: {
      receivers: Object.keys(receivers ?? {}),
      processors: Object.keys(processors ?? {}),
      exporters: Object.keys(exporters ?? {}),
    },
  });
});

it("holds no character that the collector takes for the beginning of a variable", () => {
  expect(TEXT).not.toContain("$");
});

it("is pinned, and does not take the node with it when it fails", () => {
  expect(SIDECAR.container.image.uri).toMatch(/:v\d+\.\d+\.\d+$/);
  expect(SIDECAR.container.essential).toBe(false);
});
