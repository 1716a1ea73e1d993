import { dependenciesOf } from "../support/dependencies";
import { textOf } from "../support/json";
import type { Block, Template } from "../support/template";
import { addressesOf, BOTH, INSPECTED, inspectionWith, SPOKED, tierOf } from "./inspections";

const TABLE = "aws_ec2_transit_gateway_route_table";
const ATTACHMENT = "aws_ec2_transit_gateway_vpc_attachment";
const DEFAULT = "0.0.0.0/0";

const PAYMENTS = { attachmentId: "tgw-attach-0123456789abcdef0", cidrs: ["10.50.0.0/16"] };

const tableOf = (template: Template, which: "spoke" | "inspection"): Block =>
  template.resource(TABLE, { tags: { Name: new RegExp(`-${which}$`) } });

/** Attachments that are associated with a table, or propagate into it: by id, `own`, or `inspection`. */
function attachedTo(template: Template, table: Block, kind: "association" | "propagation"): readonly string[] {
  const mine = `\${${table.address}.id}`;
  return template
    .resources(`${TABLE}_${kind}`, { transit_gateway_route_table_id: mine })
    .map(({ attributes }) => nameOf(template, textOf(attributes.transit_gateway_attachment_id)))
    .sort();
}

function nameOf(template: Template, attachment: string): string {
  if (!attachment.startsWith("${")) return attachment;
  return template.follow(attachment).template === template ? "inspection" : "own";
}

/** Routes of a table by their ranges: where they lead, or that they lead nowhere. */
const routesOf = (template: Template, table: Block): Readonly<Record<string, string>> =>
  Object.fromEntries(
    template
      .resources("aws_ec2_transit_gateway_route", { transit_gateway_route_table_id: `\${${table.address}.id}` })
      .map(({ attributes: { destination_cidr_block, blackhole, transit_gateway_attachment_id } }) => [
        textOf(destination_cidr_block),
        blackhole === true ? "nowhere" : nameOf(template, textOf(transit_gateway_attachment_id)),
      ]),
  );

describe.each(BOTH)("the transit gateway of $name", ({ template, environment, zones }) => {
  const own = environment.inspection?.spokes ?? {};
  const attachments = ["own", ...Object.values(own).map(({ attachmentId }) => attachmentId)].sort();

  it("is attached to the inspection VPC in every zone, and keeps both directions of a connection in one", () => {
    const { attributes } = template.resource(ATTACHMENT);
    expect(attributes).toMatchObject({
      appliance_mode_support: "enable",
      transit_gateway_default_route_table_association: false,
      transit_gateway_default_route_table_propagation: false,
    });
    expect(template.follow(attributes.vpc_id).block.type).toBe("aws_vpc");
    const tier = tierOf(template, "attachment", zones);
    expect(addressesOf(template, attributes.subnet_ids)).toEqual(tier.map(({ address }) => address));
  });

  it("is attached only once each zone leads to appliances that are healthy: it sends connections of all zones into each", () => {
    const needed = dependenciesOf(template, template.resource(ATTACHMENT));
    const groups = template.resources("aws_autoscaling_group").map(({ address }) => address);
    const wayIn = tierOf(template, "attachment", zones).map(({ address }) => {
      const { route_table_id } = template.resource("aws_route_table_association", {
        subnet_id: `\${${address}.id}`,
      }).attributes;
      return template.resource("aws_route", { route_table_id, destination_cidr_block: DEFAULT }).address;
    });
    expect(needed).toEqual(expect.arrayContaining([...groups, ...wayIn]));
  });

  it("is there before anybody is told that a zone has no healthy appliance", () => {
    const alarms = template.resources("aws_cloudwatch_metric_alarm", { alarm_name: /-no-healthy-appliance-.$/ });
    expect(alarms).toHaveLength(zones.length);
    for (const alarm of alarms) {
      expect(dependenciesOf(template, alarm)).toContain(template.resource(ATTACHMENT).address);
    }
  });

  it("takes what every spoke sends to inspection, and tells the spokes nothing of each other", () => {
    const table = tableOf(template, "spoke");
    expect(attachedTo(template, table, "association")).toEqual(attachments);
    expect(attachedTo(template, table, "propagation")).toEqual([]);
    expect(routesOf(template, table)).toMatchObject({ [DEFAULT]: "inspection" });
  });

  it("takes what was inspected to every spoke, by nothing but where they are", () => {
    const table = tableOf(template, "inspection");
    expect(attachedTo(template, table, "association")).toEqual(["inspection"]);
    expect(attachedTo(template, table, "propagation")).toEqual(attachments);
    expect(routesOf(template, table)).toEqual({});
  });
});

test("spokes that are closed off from each other lead to nowhere, each range of each", () => {
  const template = inspectionWith({ spokes: { payments: { ...PAYMENTS, cidrs: ["10.50.0.0/16", "10.51.0.0/16"] } } });
  expect(routesOf(template, tableOf(template, "spoke"))).toEqual({
    [DEFAULT]: "inspection",
    "10.20.0.0/16": "nowhere",
    "10.50.0.0/16": "nowhere",
    "10.51.0.0/16": "nowhere",
  });
});

test("spokes that may reach each other through inspection, and a spoke that is alone, have one route", () => {
  expect(routesOf(SPOKED, tableOf(SPOKED, "spoke"))).toEqual({ [DEFAULT]: "inspection" });
  const alone = inspectionWith();
  expect(routesOf(alone, tableOf(alone, "spoke"))).toEqual({ [DEFAULT]: "inspection" });
});

test("a spoke is accepted only where that is asked for, before it is given its tables, and into no others", () => {
  INSPECTED.expectAbsent(`${ATTACHMENT}_accepter`);
  const accepter = SPOKED.resource(`${ATTACHMENT}_accepter`);
  expect(accepter.attributes).toMatchObject({
    transit_gateway_attachment_id: "tgw-attach-0123456789abcdef2",
    transit_gateway_default_route_table_association: false,
    transit_gateway_default_route_table_propagation: false,
  });
  for (const kind of ["association", "propagation"]) {
    const of = (id: string) => SPOKED.resource(`${TABLE}_${kind}`, { transit_gateway_attachment_id: id }).attributes;
    expect(of("tgw-attach-0123456789abcdef2").depends_on).toEqual([accepter.address]);
    expect(of("tgw-attach-0123456789abcdef1").depends_on).toBeUndefined();
  }
});

test("the gateway is shared with those who are named, and with nobody else", () => {
  const share = SPOKED.resource("aws_ram_resource_share");
  const { attributes } = SPOKED.resource("aws_ram_resource_association");
  expect(attributes.resource_arn).toBe("arn:aws:ec2:eu-west-1:111122223333:transit-gateway/tgw-0123456789abcdef0");
  expect(addressesOf(SPOKED, attributes.resource_share_arn)).toEqual([share.address]);
  const principals = SPOKED.resources("aws_ram_principal_association");
  expect(principals.map(({ attributes: { principal } }) => principal).sort()).toEqual([
    "444455556666",
    "arn:aws:organizations::111122223333:organization/o-abcdefghij",
  ]);
  for (const {
    attributes: { resource_share_arn },
  } of principals) {
    expect(addressesOf(SPOKED, resource_share_arn)).toEqual([share.address]);
  }
  for (const type of ["aws_ram_resource_share", "aws_ram_resource_association", "aws_ram_principal_association"]) {
    INSPECTED.expectAbsent(type);
  }
});

test("accounts may stand outside of the organization, and organizations and their units cannot", () => {
  const external = (...principals: string[]) =>
    inspectionWith({ share: { principals } }).resource("aws_ram_resource_share").attributes.allow_external_principals;
  const organization = "arn:aws:organizations::111122223333:organization/o-abcdefghij";
  expect(external(organization)).toBe(false);
  expect(external(organization, "444455556666")).toBe(true);
});

test("a gateway that is made with the network is shared by its ARN, too", () => {
  const template = inspectionWith({ share: { principals: ["444455556666"] } });
  expect(template.resource("aws_ram_resource_association").attributes.resource_arn).toMatch(
    /^arn:aws:ec2:eu-central-1:111122223333:transit-gateway\/\$\{data\.terraform_remote_state\./,
  );
});

test("a spoke that is added, and one that is dropped, leave the others where they are", () => {
  const addresses = (spokes: Parameters<typeof inspectionWith>[0]): readonly string[] => {
    const template = inspectionWith(spokes);
    return [`${TABLE}_association`, `${TABLE}_propagation`, "aws_route"]
      .flatMap((type) => template.resources(type))
      .map(({ address }) => address);
  };
  const search = { attachmentId: "tgw-attach-0123456789abcdef1", cidrs: ["10.51.0.0/16"] };
  const [one, two] = [
    addresses({ spokes: { payments: PAYMENTS } }),
    addresses({ spokes: { search, payments: PAYMENTS } }),
  ];
  expect(two.filter((address) => one.includes(address))).toEqual(one);
  expect(two.length).toBeGreaterThan(one.length);
});
