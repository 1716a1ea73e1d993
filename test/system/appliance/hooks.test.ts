import { type Namespace, requireSystem } from "./namespace";
import { makeAppliance } from "./world";

/* The hooks on devices that no tunnel handler made, through all that can go wrong. */

requireSystem();

// Two thousand hooks take seconds, and minutes beside other work.
jest.setTimeout(300_000);

const HOOK = "/opt/ringfence/bin/tunnel-hook";

let appliance: Namespace;

beforeAll(async () => {
  appliance = await makeAppliance();
});

beforeEach(() => {
  appliance.sh(`
    for device in $(ls /sys/class/net | grep '^gw'); do ip link del "$device"; done
    ${HOOK} RESET`);
});

afterAll(async () => {
  await appliance.stop();
});

function makeDevices(...names: readonly string[]): void {
  appliance.sh(names.map((name) => ["i", "o"].map((way) => device(way, name)).join("\n")).join("\n"));
}

function device(way: string, name: string): string {
  return `ip tuntap add gw${way}-${name} mode tun && ip link set gw${way}-${name} up`;
}

function hook(action: string, name: string): string {
  return `${HOOK} ${action} gwi-${name} gwo-${name} 0a1b2c3d4e5f6071`;
}

interface Tunnel {
  readonly gwi: string;
  readonly gwo: string;
}

interface State {
  readonly routed: readonly Tunnel[];
  readonly admitted: readonly Tunnel[];
  readonly forwarding: readonly string[];
  readonly filtered: readonly string[];
  readonly ready: readonly string[];
  readonly rules: number;
  readonly routes: number;
}

const READ_STATE = `
  ip -json rule show pref 1000 | grep . || echo '[]'
  ip -json -4 route show table all type unicast | grep . || echo '[]'
  nft list set inet ringfence tunnels | tr '\\n' ' '
  echo
  cd /proc/sys/net/ipv4/conf
  for gwi in gwi-*; do if [ "$(cat "$gwi/forwarding" 2>/dev/null)" = 1 ]; then printf '%s ' "$gwi"; fi; done
  echo
  for gwi in gwi-*; do if [ "$(cat "$gwi/rp_filter" 2>/dev/null || echo 0)" != 0 ]; then printf '%s ' "$gwi"; fi; done
  echo
  cd /run/ringfence/tunnels
  for gwi in *; do
    if [ -e "$gwi" ] && [ "$(cat "$gwi")" = "$(cat "/sys/class/net/$gwi/ifindex" 2>/dev/null)" ]; then printf '%s ' "$gwi"; fi
  done`;

/** Everything that hooks change, as the kernel has it. */
function state(): State {
  const [rules = "", routes = "", set = "", forwarding = "", filtered = "", ready = ""] = appliance
    .sh(READ_STATE)
    .split("\n");
  const ruleList = JSON.parse(rules) as readonly { readonly iif: string; readonly table: string }[];
  const ways = (
    JSON.parse(routes) as readonly { readonly dst: string; readonly dev: string; readonly table?: string }[]
  )
    // The machine itself has no default route here: all are of tunnels.
    .filter(({ dst }) => dst === "default");
  const words = (line: string): readonly string[] => line.split(" ").filter(Boolean);
  return {
    routed: ruleList.flatMap(({ iif, table }) =>
      ways.filter((way) => way.table === table).map(({ dev }) => ({ gwi: iif, gwo: dev })),
    ),
    admitted: [...set.matchAll(/"(gwi-\w+)" \. "(gwo-\w+)"/g)].map(([, gwi = "", gwo = ""]) => ({ gwi, gwo })),
    forwarding: words(forwarding),
    filtered: words(filtered),
    ready: words(ready),
    rules: ruleList.length,
    routes: ways.length,
  };
}

/** What is right when these tunnels, and no others, are up. */
function tunnels(...names: readonly string[]): State {
  const pairs = names.map((name) => ({ gwi: `gwi-${name}`, gwo: `gwo-${name}` }));
  const gwis = pairs.map(({ gwi }) => gwi);
  return {
    routed: pairs,
    admitted: pairs,
    forwarding: gwis,
    filtered: [],
    ready: gwis,
    rules: names.length,
    routes: names.length,
  };
}

it("CREATE makes a way for one tunnel", () => {
  makeDevices("a");
  // As a distribution's defaults have it.
  appliance.sh("echo 2 >/proc/sys/net/ipv4/conf/gwi-a/rp_filter");
  appliance.sh(hook("CREATE", "a"));
  expect(state()).toEqual(tunnels("a"));
});

it("gives each tunnel a number of its own, the same when it comes again, whatever was killed in between", () => {
  const number = (name: string): string => {
    const map = appliance.sh("nft list map inet ringfence numbers");
    return new RegExp(`"gwi-${name}" : (\\d+)`).exec(map)?.[1] ?? "none";
  };
  makeDevices("n1", "n2", "n3");
  appliance.sh(`${hook("CREATE", "n1")} & ${hook("CREATE", "n2")} & ${hook("CREATE", "n3")} & wait`);
  const before = [number("n1"), number("n2"), number("n3")];
  expect(new Set(before).size).toBe(3);
  expect(before).not.toContain("none");
  // The handler, its devices and a hook in the middle of its work are gone.
  appliance.sh(`
    ip link del gwi-n1 && ip link del gwi-n3 && : >/run/ringfence/numbers/9999
    ${HOOK} RESET && ip link del gwo-n1 && ip link del gwo-n3`);
  makeDevices("n3", "n1");
  appliance.sh(`${hook("CREATE", "n3")} && ${hook("CREATE", "n2")} && ${hook("CREATE", "n1")}`);
  expect([number("n1"), number("n2"), number("n3")]).toEqual(before);
});

it("CREATE again changes nothing", () => {
  makeDevices("a");
  for (let times = 0; times < 5; times += 1) appliance.sh(hook("CREATE", "a"));
  expect(state()).toEqual(tunnels("a"));
});

it("DESTROY takes away that tunnel and no other", () => {
  makeDevices("a", "b");
  appliance.sh(`${hook("CREATE", "a")} && ${hook("CREATE", "b")} && ${hook("DESTROY", "a")}`);
  expect(state()).toEqual(tunnels("b"));
});

it("DESTROY without CREATE does nothing, with devices and without", () => {
  makeDevices("a");
  appliance.sh(`${hook("CREATE", "a")} && ${hook("DESTROY", "b")}`);
  makeDevices("b");
  appliance.sh(hook("DESTROY", "b"));
  expect(state()).toEqual(tunnels("a"));
});

it("two tunnels come at once", () => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  makeDevices(...names);
  appliance.sh(
    `pids=; ${names.map((name) => `${hook("CREATE", name)} & pids="$pids $!";`).join(" ")} for pid in $pids; do wait "$pid"; done`,
  );
  const byName = (one: Tunnel, other: Tunnel): number => one.gwi.localeCompare(other.gwi);
  const { routed, admitted, ...rest } = state();
  const { routed: rightlyRouted, admitted: rightlyAdmitted, ...right } = tunnels(...names);
  expect([...routed].sort(byName)).toEqual(rightlyRouted);
  expect([...admitted].sort(byName)).toEqual(rightlyAdmitted);
  expect(rest).toEqual(right);
});

it("a name that comes again with new devices gets the way of the new ones", () => {
  makeDevices("a");
  appliance.sh(hook("CREATE", "a"));
  // What a killed tunnel handler leaves: no devices, and all else.
  appliance.sh("ip link del gwi-a && ip link del gwo-a");
  makeDevices("a");
  expect(state().ready).toEqual([]);
  appliance.sh(hook("CREATE", "a"));
  expect(state()).toEqual(tunnels("a"));
});

it("RESET leaves nothing of any tunnel", () => {
  makeDevices("a", "b", "c");
  appliance.sh(["a", "b", "c"].map((name) => hook("CREATE", name)).join(" && "));
  appliance.sh("for device in $(ls /sys/class/net | grep '^gw'); do ip link del \"$device\"; done");
  appliance.sh(`${HOOK} RESET`);
  expect(state()).toEqual(tunnels());
});

it.each(["CREATE", "DESTROY"])(
  "%s may be killed at any point: CREATE then leads to the right state, DESTROY to none",
  (action) => {
    const script = (delay: number): string => `
    ${action === "DESTROY" ? hook("CREATE", "a") : ":"}
    setsid ${hook(action, "a")} 2>/dev/null & pid=$!
    sleep ${(delay / 1000).toFixed(4)}
    kill -KILL -- "-$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || echo killed`;
    const longest = 24;
    let killed = 0;
    makeDevices("a");
    for (let delay = 0; delay < longest; delay += 1) {
      killed += appliance.sh(script(delay)).includes("killed") ? 1 : 0;
      appliance.sh(hook("CREATE", "a"));
      expect(state()).toEqual(tunnels("a"));
      appliance.sh(script(delay));
      appliance.sh(hook("DESTROY", "a"));
      expect(state()).toEqual(tunnels());
    }
    // Else the test has tried nothing.
    expect(killed).toBeGreaterThan(3);
  },
);

it("a thousand tunnels come and go, and nothing is left", () => {
  // Four names, of which each comes again on the heels of itself; devices that come anew take the kernel longer than the hooks.
  for (let age = 0; age < 10; age += 1) {
    appliance.sh(`
      for name in a b c d; do
        ip tuntap add "gwi-$name" mode tun && ip tuntap add "gwo-$name" mode tun
        ip link set "gwi-$name" up && ip link set "gwo-$name" up
      done
      for round in $(seq 25); do
        for name in a b c d; do ${HOOK} CREATE "gwi-$name" "gwo-$name" 0a1b2c3d4e5f6071; done
        # The last of an age is not told that it ends.
        for name in d b a c; do
          if [ "$round$name" != 25c ]; then ${HOOK} DESTROY "gwi-$name" "gwo-$name" 0a1b2c3d4e5f6071; fi
        done
      done
      for name in a b c d; do ip link del "gwi-$name" && ip link del "gwo-$name"; done`);
  }
  const { rules, routes, admitted } = state();
  expect({ rules, routes, admitted }).toEqual({ rules: 1, routes: 0, admitted: tunnels("c").admitted });
  makeDevices("c");
  appliance.sh(`${hook("CREATE", "c")} && ${hook("DESTROY", "c")}`);
  expect(state()).toEqual(tunnels());
});

describe("what cannot be done is said", () => {
  it.each([
    ["no devices", hook("CREATE", "absent"), "there is no device gwi-absent"],
    ["a name that is none", `${HOOK} CREATE 'gwi-a;x' gwo-a 00`, "no names of tunnel devices"],
    ["other devices", `${HOOK} CREATE ens5 lo 00`, "usage"],
    ["another action", hook("RENEW", "a"), "there is no action 'RENEW'"],
  ])("%s", (_, command, reason) => {
    makeDevices("a");
    const { status, stderr } = appliance.run(["bash", "-c", command]);
    expect(status).toBe(1);
    expect(stderr).toContain(reason);
    expect(state()).toEqual(tunnels());
  });

  it("no firewall: then the tunnel is not ready", () => {
    makeDevices("a");
    appliance.sh("nft delete table inet ringfence");
    const { status, stderr } = appliance.run(["bash", "-c", hook("CREATE", "a")]);
    appliance.sh(
      "nft -D VPC_CIDR=10.30.0.0/20 -D GENEVE_PORT=6081 -D HEALTH_PORT=8080 -f /opt/ringfence/etc/nftables.conf",
    );
    expect(status).toBe(1);
    expect(stderr).toContain("gwi-a may not pass the firewall");
    expect(state().ready).toEqual([]);
  });
});
