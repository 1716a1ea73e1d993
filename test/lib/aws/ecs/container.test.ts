import { existingSecret } from "../../../../lib/aws/secret-token";
import { textOf } from "../../../support/json";
import { buildFleet, containerOf, SECRET } from "./fleet";

describe("a container", () => {
  const fleet = buildFleet({
    container: {
      entryPoint: ["/bin/sh", "-c"],
      command: ["exec proxy"],
      environment: { PORT: "8080", LEVEL: "info" },
      secrets: { TOKEN: existingSecret({ secretArn: SECRET }), CERTIFICATE: existingSecret({ secretArn: SECRET }) },
      healthCheck: {
        command: ["CMD", "/bin/healthy"],
        intervalSeconds: 10,
        timeoutSeconds: 5,
        retries: 3,
        startPeriodSeconds: 300,
      },
      stopTimeoutSeconds: 120,
      user: "1000:1000",
      openFiles: 65_536,
    },
    sidecars: [
      {
        name: "metrics",
        image: { uri: "registry.example.com/metrics:4.5.6" },
        readonlyRootFilesystem: false,
        essential: false,
      },
    ],
  });

  it("says to Amazon ECS what it was given", () => {
    expect(containerOf(fleet)).toMatchObject({
      image: "registry.example.com/proxy:1.2.3",
      essential: true,
      entryPoint: ["/bin/sh", "-c"],
      command: ["exec proxy"],
      portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: "tcp" }],
      healthCheck: { command: ["CMD", "/bin/healthy"], interval: 10, timeout: 5, retries: 3, startPeriod: 300 },
      stopTimeout: 120,
      user: "1000:1000",
      ulimits: [{ name: "nofile", softLimit: 65_536, hardLimit: 65_536 }],
      readonlyRootFilesystem: true,
    });
  });

  it("gets secrets by reference and other variables by value, each in the order of the names", () => {
    expect(containerOf(fleet)).toMatchObject({
      environment: [
        { name: "LEVEL", value: "info" },
        { name: "PORT", value: "8080" },
      ],
      secrets: [
        { name: "CERTIFICATE", valueFrom: SECRET },
        { name: "TOKEN", valueFrom: SECRET },
      ],
    });
  });

  it("leaves to the image and to Fargate what it was not given", () => {
    const metrics = containerOf(fleet, "metrics");
    expect(metrics).toMatchObject({ essential: false, readonlyRootFilesystem: false, portMappings: [] });
    for (const key of ["entryPoint", "command", "healthCheck", "stopTimeout", "user", "ulimits", "linuxParameters"]) {
      expect(metrics).not.toHaveProperty(key);
    }
  });

  it.each(["proxy", "metrics"])("does not stop for want of CloudWatch Logs: %s", (name) => {
    expect(containerOf(fleet, name).logConfiguration).toEqual({
      logDriver: "awslogs",
      options: {
        "awslogs-group": `\${${fleet.template.resource("aws_cloudwatch_log_group", { name: /containers$/ }).address}.name}`,
        "awslogs-region": "eu-central-1",
        "awslogs-stream-prefix": "task",
        mode: "non-blocking",
        "max-buffer-size": "25m",
      },
    });
  });

  it("is refused with a variable both in plain text and secret", () => {
    const secrets = { TOKEN: existingSecret({ secretArn: SECRET }) };
    expect(() => buildFleet({ container: { environment: { TOKEN: "x", LEVEL: "info" }, secrets } })).toThrow(
      new Error("Container proxy has TOKEN both as plain variable and as secret; drop one"),
    );
  });

  it("has an init process where people run commands in it, and only there", () => {
    const sidecars = [{ name: "metrics", image: { uri: "m:1" }, readonlyRootFilesystem: false }];
    const open = buildFleet({ exec: true, sidecars });
    for (const name of ["proxy", "metrics"]) {
      expect(containerOf(open, name)).toMatchObject({ linuxParameters: { initProcessEnabled: true } });
    }
    expect(containerOf(fleet)).not.toHaveProperty("linuxParameters");
  });
});

test("the order in which variables are written makes no new revision", () => {
  const definitionsWith = (environment: Record<string, string>): string =>
    textOf(
      buildFleet({ container: { environment } }).template.resource("aws_ecs_task_definition").attributes
        .container_definitions,
    );
  expect(definitionsWith({ B: "2", A: "1", "10": "3" })).toBe(definitionsWith({ "10": "3", A: "1", B: "2" }));
  expect(definitionsWith({ A: "1" })).not.toBe(definitionsWith({ A: "2" }));
});
