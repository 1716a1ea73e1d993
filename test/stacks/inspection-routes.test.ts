import type { Environment } from "../../lib/environment";
import inspected from "../environments/inspected";
import spoked from "../environments/spoked";
import { type Fabric, readFabric, without } from "../support/packet-walk/fabric";
import { faultsOf } from "../support/packet-walk/walk";
import { stackTemplates } from "../support/stacks";
import { inspectedEnvironment, LEAST } from "./inspections";

const PLACE = { accountId: "111122223333", region: "eu-central-1" } as const;
const BILLING = { attachmentId: "tgw-attach-0123456789abcdef9", cidrs: ["10.50.0.0/16", "10.51.0.0/16"] };

function caseOf(environment: Environment) {
  const { name, inspection } = environment;
  if (inspection === undefined) throw new Error(`${name} has no inspection`);
  const set = stackTemplates(environment);
  const foreign = Object.fromEntries(
    Object.values(inspection.spokes).map(({ attachmentId, cidrs }) => [attachmentId, cidrs]),
  );
  return {
    name,
    fabric: readFabric([set.template(`${name}-aws-network`), set.template(`${name}-inspection`)], foreign),
    claims: {
      betweenSpokes: inspection.betweenSpokes,
      workloads: /-network-.-private$/,
      appliances: /-inspection-appliance-/,
    },
  };
}

const CASES = [inspected, spoked].map(caseOf);

/** What a mistake could leave out, by address: all but what gives public subnets of spokes to the internet. */
function removable(fabric: Fabric): readonly string[] {
  const routes = fabric.routes.filter(({ table }) => !table.includes("public-routes"));
  const subnets = fabric.subnets.filter(({ name }) => /-inspection-|-private$/.test(name)).map(({ of }) => of);
  return [
    ...routes,
    ...fabric.associations.filter(({ subnet }) => subnets.includes(subnet)),
    ...fabric.transitAssociations,
    ...fabric.propagations,
    ...fabric.transitRoutes,
    ...fabric.endpoints,
    ...fabric.natGateways,
  ].map(({ of }) => of);
}

describe.each(CASES)("packets through $name", ({ fabric, claims }) => {
  it("pass one appliance and leave from a fixed address, in one zone, and come back the same way", () => {
    expect(fabric.endpoints.length).toBeGreaterThan(1);
    expect(faultsOf(fabric, claims)).toEqual([]);
  });

  it("would be missed with any one route, association or propagation gone", () => {
    const addresses = removable(fabric);
    expect(addresses.length).toBeGreaterThan(fabric.endpoints.length * 6);
    const unnoticed = addresses.filter((address) => faultsOf(without(fabric, address), claims).length === 0);
    expect(unnoticed).toEqual([]);
  });
});

const IMAGES = {
  plain: LEAST.image,
  baked: { baked: { amiId: "ami-0123456789abcdef0" }, os: "ubuntu-24.04" },
} as const;

const CROSSED = (["a, b", "a, b, c"] as const).flatMap((zones) =>
  (["plain", "baked"] as const).flatMap((image) =>
    (["automatic", "manual"] as const).flatMap((acceptance) =>
      (["blocked", "inspected"] as const).map((spokes) => ({ zones, image, acceptance, spokes })),
    ),
  ),
);

describe("packets pass as they should", () => {
  it.each(CROSSED)("in $zones, image $image, acceptance $acceptance, spokes $spokes", (one) => {
    const zones = one.zones.split(", ");
    const environment = inspectedEnvironment(
      {
        image: IMAGES[one.image],
        endpointService: { acceptance: one.acceptance },
        betweenSpokes: one.spokes,
        spokes: { billing: BILLING },
      },
      { aws: { ...PLACE, network: { cidr: "10.20.0.0/16", zones, egress: "inspection" } } },
    );
    const { fabric, claims } = caseOf(environment);
    expect(fabric.endpoints).toHaveLength(zones.length);
    expect(faultsOf(fabric, claims)).toEqual([]);
  });
});

it("would change their zone between spokes without appliance mode", () => {
  const between = CASES.filter(({ claims }) => claims.betweenSpokes === "inspected");
  expect(between).not.toEqual([]);
  for (const { fabric, claims } of between) {
    const attachments = fabric.attachments.map((one) => ({ ...one, applianceMode: false }));
    expect(faultsOf({ ...fabric, attachments }, claims)).not.toEqual([]);
  }
});
