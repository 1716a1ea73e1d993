import { evaluate } from "../lib/aws/metric-math";
import { dependenciesOf } from "../support/dependencies";
import { objectOf, objectsOf, textOf } from "../support/json";
import type { Template } from "../support/template";
import { addressesOf, BOTH, INSPECTED, inspectionWith, settingsOf, SPOKED, tierOf } from "./inspections";

const GROUP = "aws_autoscaling_group";
const POLICY = "aws_autoscaling_policy";

const launchTemplate = (template: Template) => template.resource("aws_launch_template").attributes;
const groupsOf = (template: Template) => template.resources(GROUP).map(({ attributes }) => attributes);
const mixOf = (group: ReturnType<typeof groupsOf>[number]) => objectOf(group.mixed_instances_policy);

describe.each(BOTH)("the appliances of $name", ({ template, environment, zones }) => {
  const fleet = environment.inspection?.fleet;

  it("are a group in each zone, in the subnet for appliances there, with as many as each zone shall have", () => {
    const groups = zones.map((zone) => template.resource(GROUP, { name: `${environment.name}-inspection-${zone}` }));
    expect(template.count(GROUP)).toBe(zones.length);
    const subnets = groups.flatMap(({ attributes }) => addressesOf(template, attributes.vpc_zone_identifier));
    expect(subnets).toEqual(tierOf(template, "appliance", zones).map(({ address }) => address));
    for (const { attributes } of groups) {
      expect(attributes).toMatchObject({ min_size: fleet?.minPerZone, max_size: fleet?.maxPerZone });
    }
  });

  it("start from a version of the launch template that has a number, never from whichever is the latest", () => {
    const { address } = template.resource("aws_launch_template");
    for (const group of groupsOf(template)) {
      expect(objectOf(mixOf(group).launch_template).launch_template_specification).toEqual({
        launch_template_id: `\${${address}.id}`,
        version: `\${${address}.latest_version}`,
      });
    }
    expect(JSON.stringify(template.configuration)).not.toMatch(/\$(Latest|Default)/);
  });

  it("are judged by the load balancer, and not before they can have booted", () => {
    for (const group of groupsOf(template)) {
      expect(addressesOf(template, group.target_group_arns)).toEqual([
        template.resource("aws_lb_target_group").address,
      ]);
      expect(group).toMatchObject({
        health_check_type: "ELB",
        health_check_grace_period: fleet?.bootSeconds,
        default_instance_warmup: fleet?.bootSeconds,
      });
    }
  });

  it("are there before the stack is said to be: each zone's least, found healthy, in the time of two boots", () => {
    for (const group of groupsOf(template)) {
      expect(group.min_elb_capacity).toBe(fleet?.minPerZone);
      expect(group.wait_for_elb_capacity).toBeUndefined();
      expect(group.wait_for_capacity_timeout).toBe(`${((fleet?.bootSeconds ?? 0) * 2) / 60}m`);
    }
  });

  it("are replaced when anything changes, new ones first, and stay where a new one does not become healthy", () => {
    for (const group of groupsOf(template)) {
      expect(group.instance_refresh).toEqual({
        strategy: "Rolling",
        preferences: {
          min_healthy_percentage: 100,
          max_healthy_percentage: 200,
          instance_warmup: String(fleet?.bootSeconds),
          auto_rollback: false,
        },
      });
      expect(group.instance_maintenance_policy).toEqual({ min_healthy_percentage: 100, max_healthy_percentage: 200 });
      expect(group.max_instance_lifetime).toBe((fleet?.maxLifetimeDays ?? 0) * 86_400);
    }
  });

  it("finish what they have before they go, each group's by a hook that a later version can change", () => {
    for (const { address, attributes } of template.resources(GROUP)) {
      expect(attributes.initial_lifecycle_hook).toBeUndefined();
      const hook = template.resource("aws_autoscaling_lifecycle_hook", {
        autoscaling_group_name: `\${${address}.name}`,
      });
      expect(hook.attributes).toMatchObject({
        name: settingsOf(template).LIFECYCLE_HOOK,
        lifecycle_transition: "autoscaling:EC2_INSTANCE_TERMINATING",
        default_result: "CONTINUE",
      });
      expect(hook.attributes.heartbeat_timeout).toBe(Number(settingsOf(template).HEARTBEAT_SECONDS));
    }
  });

  it("may take as long to go as connections and hook together, and then some, when the stack is taken down", () => {
    const { deregistration_delay } = template.resource("aws_lb_target_group").attributes;
    for (const group of groupsOf(template)) {
      const [, minutes] = /^(\d+)m$/.exec(textOf(objectOf(group.timeouts).delete)) ?? [];
      const { heartbeat_timeout } = template.resources("aws_autoscaling_lifecycle_hook")[0]?.attributes ?? {};
      const needed = Number(deregistration_delay) + Number(heartbeat_timeout);
      expect(Number(minutes) * 60).toBeGreaterThanOrEqual(needed + 300);
    }
  });

  it("find all that they boot by and are judged by: files, rights, rules, logs, listener and the way out of their own zone", () => {
    for (const group of template.resources(GROUP)) {
      const needed = dependenciesOf(template, group);
      const subnet = addressesOf(template, group.attributes.vpc_zone_identifier)[0] ?? "";
      const { route_table_id } = template.resource("aws_route_table_association", {
        subnet_id: `\${${subnet}.id}`,
      }).attributes;
      const wayOut = template.resource("aws_route", { route_table_id, destination_cidr_block: "0.0.0.0/0" });
      const role = template.resource("aws_iam_role", { name: `${environment.name}-inspection` });
      expect(needed).toEqual(
        expect.arrayContaining([
          wayOut.address,
          ...addressesOf(template, wayOut.attributes.nat_gateway_id),
          template.resource("aws_iam_role_policy", { role: `\${${role.address}.id}` }).address,
          ...template.resources("aws_s3_object").map(({ address }) => address),
          template.resource("aws_lb_listener").address,
          ...template.resources("aws_vpc_security_group_ingress_rule").map(({ address }) => address),
          ...template.resources("aws_vpc_security_group_egress_rule").map(({ address }) => address),
          ...template
            .resources("aws_cloudwatch_log_group", { name: /\/(alerts|policy|dns|tls|flows|health|boot)$/ })
            .map(({ address }) => address),
        ]),
      );
    }
  });

  it("scale by CPU, and by packets a second through one of them", () => {
    for (const { address } of template.resources(GROUP)) {
      const policies = template.resources(POLICY, { autoscaling_group_name: `\${${address}.name}` });
      const tracking = policies.map(({ attributes }) => objectOf(attributes.target_tracking_configuration));
      expect(policies.map(({ attributes }) => attributes.policy_type)).toEqual(
        policies.map(() => "TargetTrackingScaling"),
      );
      const [cpu, packets] = tracking;
      expect(cpu).toEqual({
        target_value: fleet?.cpuPercent,
        predefined_metric_specification: { predefined_metric_type: "ASGAverageCPUUtilization" },
      });
      expect(packets?.target_value).toBe(fleet?.packetsPerSecond);
      const metrics = objectsOf(objectOf(packets?.customized_metric_specification).metrics);
      const [result] = metrics.filter(({ return_data }) => return_data === true);
      const measured = metrics
        .filter(({ return_data }) => return_data === false)
        .map(({ id, metric_stat }) => {
          const { metric, period, stat } = objectOf(metric_stat);
          expect(objectOf(metric)).toMatchObject({
            namespace: "AWS/EC2",
            dimensions: [{ name: "AutoScalingGroupName", value: `\${${address}.name}` }],
          });
          expect([stat, period]).toEqual(["Average", 60]);
          return [textOf(objectOf(metric).metric_name), textOf(id)] as const;
        });
      const ids: Readonly<Record<string, string>> = Object.fromEntries(measured);
      expect(Object.keys(ids).sort()).toEqual(["NetworkPacketsIn", "NetworkPacketsOut"]);
      const { NetworkPacketsIn = "", NetworkPacketsOut = "" } = ids;
      expect(
        evaluate(textOf(result?.expression), { [NetworkPacketsIn]: 1_200_000, [NetworkPacketsOut]: 600_000 }),
      ).toBe(30_000);
    }
  });

  it("carry the tags of the stack, as do their disks and groups", () => {
    const tags = {
      "ringfence:environment": environment.name,
      "ringfence:stack": `${environment.name}-inspection`,
      Name: `${environment.name}-inspection`,
    };
    expect(launchTemplate(template).tag_specifications).toEqual([
      { resource_type: "instance", tags },
      { resource_type: "volume", tags },
    ]);
    for (const group of groupsOf(template)) {
      const own = objectsOf(group.tag).map(({ key, value, propagate_at_launch }) => [
        textOf(key),
        value,
        propagate_at_launch,
      ]);
      expect(own).toEqual(Object.entries(tags).map(([key, value]) => [key, value, true]));
    }
  });
});

describe("the launch template", () => {
  it.each(BOTH)("of $name keeps metadata, disks and doors closed", ({ template }) => {
    const attributes = launchTemplate(template);
    expect(attributes.metadata_options).toMatchObject({
      http_endpoint: "enabled",
      http_tokens: "required",
      http_put_response_hop_limit: 1,
    });
    const [{ ebs = {} } = {}, ...others] = objectsOf(attributes.block_device_mappings);
    expect(others).toEqual([]);
    expect(ebs).toMatchObject({
      encrypted: "true",
      delete_on_termination: "true",
      volume_type: "gp3",
      volume_size: 20,
    });
    expect(template.follow(objectOf(ebs).kms_key_id).block.address).toBe("aws_kms_key.key");
    expect(attributes.key_name).toBeUndefined();
    expect(attributes.network_interfaces).toBeUndefined();
    expect(attributes.monitoring).toEqual({ enabled: true });
    expect(addressesOf(template, attributes.vpc_security_group_ids)).toEqual(["aws_security_group.group"]);
  });

  it("has the root disk of the image's system, as large as is asked for", () => {
    const disk = (template: Template) => objectsOf(launchTemplate(template).block_device_mappings)[0];
    expect(disk(INSPECTED)?.device_name).toBe("/dev/sda1");
    expect(disk(SPOKED)?.device_name).toBe("/dev/xvda");
    expect(disk(inspectionWith({ fleet: { volumeGb: 33 } }))?.ebs).toMatchObject({ volume_size: 33 });
  });

  it("has the image that is named, or the one that a parameter holds when the stack is planned", () => {
    expect(launchTemplate(INSPECTED).image_id).toBe("ami-0123456789abcdef0");
    expect(launchTemplate(SPOKED).image_id).toBe("ami-0123456789abcdef1");
    const parameterOf = (section: Parameters<typeof inspectionWith>[0]): unknown => {
      const template = inspectionWith(section);
      const { block, attribute } = template.follow(launchTemplate(template).image_id);
      expect(attribute).toBe("insecure_value");
      return block.attributes.name;
    };
    const ubuntu = (cpu: string): string =>
      `/aws/service/canonical/ubuntu/server/24.04/stable/current/${cpu}/hvm/ebs-gp3/ami-id`;
    expect(parameterOf({})).toBe(ubuntu("arm64"));
    expect(parameterOf({ fleet: { architecture: "x86_64" } })).toBe(ubuntu("amd64"));
    expect(parameterOf({ image: { baked: { parameter: "/a/b" }, os: "al2023" } })).toBe("/a/b");
  });

  it.each<[what: string, template: () => Template, types: RegExp]>([
    ["arm64", () => INSPECTED, /^(c7gn\.large,c6gn\.large,c7g\.large)$/],
    ["x86_64", () => inspectionWith({ fleet: { architecture: "x86_64" } }), /^(c6in\.large,c5n\.large,c7i\.large)$/],
    ["those that are named", () => SPOKED, /^c6in\.large,c5n\.large$/],
  ])("is for types of %s, the preferred one first, and none that can be taken away", (_, template, types) => {
    expect(launchTemplate(template()).instance_type).toBeUndefined();
    for (const group of groupsOf(template())) {
      const overrides = objectsOf(objectOf(mixOf(group).launch_template).override);
      expect(overrides.map(({ instance_type }) => textOf(instance_type)).join()).toMatch(types);
      expect(mixOf(group).instances_distribution).toEqual({
        on_demand_allocation_strategy: "prioritized",
        on_demand_percentage_above_base_capacity: 100,
      });
    }
  });
});
