import type { Environment } from "../../lib/environment";
import inspected from "../environments/inspected";
import proxied from "../environments/proxied";
import spoked from "../environments/spoked";
import { type Fabric, readFabric, without } from "../support/packet-walk/fabric";
import { prefix } from "../support/packet-walk/prefix";
import { type Appliances, faultsOf } from "../support/packet-walk/walk";
import { stackTemplates } from "../support/stacks";
import type { Template } from "../support/template";
import { inspectedEnvironment, LEAST, settingsOf } from "./inspections";

const PLACE = { accountId: "111122223333", region: "eu-central-1" } as const;
const BILLING = { attachmentId: "tgw-attach-0123456789abcdef9", cidrs: ["10.50.0.0/16", "10.51.0.0/16"] };

/** What appliances do by what they are told. */
function behaviourOf(inspection: Template): Appliances {
  const { MODE, HOME_NETWORKS = "" } = settingsOf(inspection);
  if (MODE === "one-arm") return { mode: MODE };
  if (MODE !== "two-arm") throw new Error(`appliances are told ${String(MODE)}`);
  return { mode: MODE, homeNetworks: HOME_NETWORKS.split(",").map(prefix) };
}

function caseOf(environment: Environment) {
  const { name, inspection } = environment;
  if (inspection === undefined) throw new Error(`${name} has no inspection`);
  const set = stackTemplates(environment);
  const stack = set.template(`${name}-inspection`);
  const foreign = Object.fromEntries(
    Object.values(inspection.spokes).map(({ attachmentId, cidrs }) => [attachmentId, cidrs]),
  );
  return {
    name,
    fabric: readFabric([set.template(`${name}-aws-network`), stack], foreign),
    claims: {
      betweenSpokes: inspection.betweenSpokes,
      workloads: /-network-.-private$/,
      appliances: /-inspection-appliance-/,
      behaviour: behaviourOf(stack),
    },
  };
}

const CASES = [inspected, spoked, proxied].map(caseOf);

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
    ...fabric.appliances,
    ...fabric.natGateways,
  ].map(({ of }) => of);
}

describe.each(CASES)("packets through $name", ({ fabric, claims }) => {
  it("pass one appliance and leave from a fixed address, in one zone, and come back the same way", () => {
    expect(fabric.endpoints.length).toBeGreaterThan(1);
    expect(faultsOf(fabric, claims)).toEqual([]);
  });

  it("would be missed with any one route, association, propagation or group of appliances gone", () => {
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
  (["blocked", "inspected"] as const).flatMap((spokes) => [
    ...(["plain", "baked"] as const).flatMap((image) =>
      (["automatic", "manual"] as const).map(
        (acceptance) => ({ mode: "one-arm", zones, image, acceptance, spokes }) as const,
      ),
    ),
    { mode: "two-arm", zones, image: "plain", acceptance: "automatic", spokes } as const,
  ]),
);

describe("packets pass as they should", () => {
  it.each(CROSSED)("$mode in $zones, image $image, acceptance $acceptance, spokes $spokes", (one) => {
    const zones = one.zones.split(", ");
    const environment = inspectedEnvironment(
      {
        mode: one.mode,
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

describe("with two arms", () => {
  const { fabric, claims } = caseOf(proxied);

  it("what an appliance handed back for the internet would have no way", () => {
    const handedBack: Appliances = { mode: "one-arm" };
    const faults = faultsOf(fabric, { ...claims, behaviour: handedBack });
    const outward = faults.filter((fault) => fault.includes(" to the internet, "));
    expect(outward.length).toBeGreaterThan(0);
    for (const fault of outward) {
      expect(fault).toMatch(/: no route from proxied-inspection-endpoint-[ab] to 192\.0\.2\.80$/);
    }
    // What is for spokes goes back to where it came from, whatever else becomes of the rest.
    expect(faults).toEqual(outward);
  });

  it("spokes of which appliances are not told would be sent to the internet, and be missed", () => {
    if (claims.behaviour.mode !== "two-arm") throw new Error("it has one arm");
    const { homeNetworks } = claims.behaviour;
    expect(homeNetworks).toHaveLength(4);
    for (const forgotten of homeNetworks) {
      const behaviour: Appliances = {
        mode: "two-arm",
        homeNetworks: homeNetworks.filter((network) => network !== forgotten),
      };
      expect(faultsOf(fabric, { ...claims, behaviour })).not.toEqual([]);
    }
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
