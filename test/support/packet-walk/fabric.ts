import { isObject, type JsonValue } from "../../../lib/policy/terraform-json";
import { textOf } from "../json";
import type { Block, Template } from "../template";
import { prefix, type Prefix } from "./prefix";

/** What forwards packets, as synthesized stacks describe it; every entry names the resource that it comes from. */
export interface Fabric {
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  readonly associations: readonly { readonly of: string; readonly subnet: string; readonly table: string }[];
  readonly routes: readonly Route[];
  readonly natGateways: readonly { readonly of: string; readonly subnet: string; readonly address: string }[];
  readonly endpoints: readonly { readonly of: string; readonly subnet: string }[];
  /** Groups of appliances, by the subnet in which they stand. */
  readonly appliances: readonly { readonly of: string; readonly subnet: string }[];
  readonly attachments: readonly Attachment[];
  readonly transitAssociations: readonly {
    readonly of: string;
    readonly attachment: string;
    readonly table: string;
  }[];
  readonly propagations: readonly { readonly of: string; readonly attachment: string; readonly table: string }[];
  readonly transitRoutes: readonly TransitRoute[];
}

interface Vpc {
  readonly of: string;
  readonly range: Prefix;
}

/** A subnet, with its VPC and the full name of its zone. */
export interface Subnet {
  readonly of: string;
  readonly vpc: string;
  readonly zone: string;
  readonly range: Prefix;
  readonly name: string;
}

interface Route {
  readonly of: string;
  readonly table: string;
  readonly range: Prefix;
  readonly target: { readonly kind: "internet" | "nat" | "transit" | "endpoint"; readonly id: string };
}

/** A VPC on the transit gateway. Of one that no stack here made, only its ranges are known. */
export interface Attachment {
  readonly of: string;
  readonly ranges: readonly Prefix[];
  readonly applianceMode: boolean;
  /** Where the gateway puts packets into the VPC. @default - the VPC is not made here */
  readonly subnets?: readonly string[];
}

interface TransitRoute {
  readonly of: string;
  readonly table: string;
  readonly range: Prefix;
  /** @default - a black hole */
  readonly attachment?: string;
}

const TARGETS = [
  ["gateway_id", "internet"],
  ["nat_gateway_id", "nat"],
  ["transit_gateway_id", "transit"],
  ["vpc_endpoint_id", "endpoint"],
] as const;

/**
 * Reads what forwards packets from the stacks of a set.
 *
 * @param foreign VPCs that others have attached: ranges by the id of the attachment
 */
export function readFabric(
  templates: readonly Template[],
  foreign: Readonly<Record<string, readonly string[]>>,
): Fabric {
  const all = <Entry>(
    type: string,
    read: (block: Block, id: (value: JsonValue | undefined) => string) => Entry[],
  ): Entry[] =>
    templates.flatMap((template) => {
      const idOf = (value: JsonValue | undefined): string => {
        const text = typeof value === "string" ? value : JSON.stringify(value);
        return text.includes("${") ? template.follow(text).block.address : text;
      };
      return template.resources(type).flatMap((block) => read(block, idOf));
    });
  const list = (value: JsonValue | undefined): readonly JsonValue[] =>
    Array.isArray(value) ? (value as JsonValue[]) : [];
  const range = (value: JsonValue | undefined): Prefix => prefix(textOf(value));
  const vpcs = all("aws_vpc", ({ address, attributes }) => [{ of: address, range: range(attributes.cidr_block) }]);
  const rangeOf = (vpc: string): readonly Prefix[] => vpcs.filter(({ of }) => of === vpc).map(({ range: own }) => own);
  return {
    vpcs,
    subnets: all("aws_subnet", ({ address, attributes }, id) => [
      {
        of: address,
        vpc: id(attributes.vpc_id),
        zone: textOf(attributes.availability_zone),
        range: range(attributes.cidr_block),
        name: textOf(isObject(attributes.tags) ? attributes.tags.Name : undefined),
      },
    ]),
    associations: all("aws_route_table_association", ({ address, attributes }, id) => [
      { of: address, subnet: id(attributes.subnet_id), table: id(attributes.route_table_id) },
    ]),
    routes: all("aws_route", ({ address, attributes }, id) =>
      TARGETS.filter(([argument]) => attributes[argument] !== undefined && "destination_cidr_block" in attributes).map(
        ([argument, kind]) => ({
          of: address,
          table: id(attributes.route_table_id),
          range: range(attributes.destination_cidr_block),
          target: { kind, id: id(attributes[argument]) },
        }),
      ),
    ),
    natGateways: all("aws_nat_gateway", ({ address, attributes }, id) => [
      { of: address, subnet: id(attributes.subnet_id), address: id(attributes.allocation_id) },
    ]),
    endpoints: all("aws_vpc_endpoint", ({ address, attributes }, id) =>
      attributes.vpc_endpoint_type === "GatewayLoadBalancer"
        ? list(attributes.subnet_ids).map((subnet) => ({ of: address, subnet: id(subnet) }))
        : [],
    ),
    appliances: all("aws_autoscaling_group", ({ address, attributes }, id) =>
      list(attributes.vpc_zone_identifier).map((subnet) => ({ of: address, subnet: id(subnet) })),
    ),
    attachments: [
      ...all("aws_ec2_transit_gateway_vpc_attachment", ({ address, attributes }, id) => [
        {
          of: address,
          ranges: rangeOf(id(attributes.vpc_id)),
          applianceMode: attributes.appliance_mode_support === "enable",
          subnets: list(attributes.subnet_ids).map(id),
        },
      ]),
      ...Object.entries(foreign).map(([of, ranges]) => ({ of, ranges: ranges.map(prefix), applianceMode: false })),
    ],
    transitAssociations: all("aws_ec2_transit_gateway_route_table_association", ({ address, attributes }, id) => [
      {
        of: address,
        attachment: id(attributes.transit_gateway_attachment_id),
        table: id(attributes.transit_gateway_route_table_id),
      },
    ]),
    propagations: all("aws_ec2_transit_gateway_route_table_propagation", ({ address, attributes }, id) => [
      {
        of: address,
        attachment: id(attributes.transit_gateway_attachment_id),
        table: id(attributes.transit_gateway_route_table_id),
      },
    ]),
    transitRoutes: all("aws_ec2_transit_gateway_route", ({ address, attributes }, id) => [
      {
        of: address,
        table: id(attributes.transit_gateway_route_table_id),
        range: range(attributes.destination_cidr_block),
        attachment: attributes.blackhole === true ? undefined : id(attributes.transit_gateway_attachment_id),
      },
    ]),
  };
}

/** The same without one resource. */
export function without(fabric: Fabric, address: string): Fabric {
  const rest = <Entry extends { readonly of: string }>(entries: readonly Entry[]): readonly Entry[] =>
    entries.filter(({ of }) => of !== address);
  return {
    ...fabric,
    associations: rest(fabric.associations),
    routes: rest(fabric.routes),
    natGateways: rest(fabric.natGateways),
    endpoints: rest(fabric.endpoints),
    appliances: rest(fabric.appliances),
    transitAssociations: rest(fabric.transitAssociations),
    propagations: rest(fabric.propagations),
    transitRoutes: rest(fabric.transitRoutes),
  };
}
