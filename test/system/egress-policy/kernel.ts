import { Capture } from "../../support/egress-policy/capture";
import type { Attempt } from "../../support/egress-policy/meaning";
import { Namespace } from "../appliance/namespace";

/** Sends the packets of a capture with these numbers, as they are. */
const SEND = `
import json, socket, struct, sys
capture = open("/tmp/packets.pcap", "rb").read()[24:]
wanted, number = set(json.loads(sys.argv[1])), 0
out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
while capture:
    length, = struct.unpack_from("<I", capture, 8)
    packet, capture, number = capture[16:16 + length], capture[16 + length:], number + 1
    if number in wanted:
        out.sendto(packet, (socket.inet_ntoa(packet[16:20]), 0))
`;

/** Behind the policy's table: writes down what has its mark, as the appliance's own table would look for it. */
const WITNESS = `
table inet witness {
  set ports { type ipv4_addr . ipv4_addr . inet_proto . inet_service; flags dynamic; size 65535; }
  set echoes { type ipv4_addr . ipv4_addr; flags dynamic; size 65535; }
  chain forward {
    type filter hook forward priority filter; policy drop;
    meta mark & 0x10000 == 0x10000 meta l4proto { tcp, udp } add @ports { ip saddr . ip daddr . meta l4proto . th dport }
    meta mark & 0x10000 == 0x10000 ip protocol icmp add @echoes { ip saddr . ip daddr }
  }
}
`;

/** A kernel between a spoke and nowhere, through which first packets of connections go. */
export class KernelWorld {
  private constructor(
    readonly machine: Namespace,
    private readonly spoke: Namespace,
  ) {}

  static async create(): Promise<KernelWorld> {
    const [machine, spoke] = await Promise.all([Namespace.create(), Namespace.create()]);
    Namespace.connect(machine, { device: "gwi-a", address: "169.254.1.1/30" }, spoke, {
      device: "out",
      address: "169.254.1.2/30",
    });
    spoke.sh("ip route add default via 169.254.1.1");
    machine.sh(`
      sysctl -q net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.gwi-a.rp_filter=0
      ip link add gwo-a type veth peer name nowhere
      ip link set gwo-a up && ip link set nowhere up && ip addr add 169.254.2.1/30 dev gwo-a
      ip route add default via 169.254.2.2 && ip neigh add 169.254.2.2 lladdr 02:00:00:00:00:01 dev gwo-a`);
    return new KernelWorld(machine, spoke);
  }

  async stop(): Promise<void> {
    await Promise.all([this.machine.stop(), this.spoke.stop()]);
  }

  /** Loads a policy twice, as a swap does. @returns what is wrong with it */
  load(file: string): string {
    this.machine.write("/tmp/policy.nft", file);
    const script = "nft -c -f /tmp/policy.nft && nft -f /tmp/policy.nft && nft -f /tmp/policy.nft";
    const { status, stderr } = this.machine.run(["sh", "-c", script]);
    return status === 0 ? "" : stderr;
  }

  /** Those of some attempts whose first packet gets the mark. */
  letsOn(attempts: readonly Attempt[]): ReadonlySet<Attempt> {
    this.machine.write("/tmp/witness.nft", `add table inet witness\ndelete table inet witness\n${WITNESS}`);
    this.machine.sh("nft -f /tmp/witness.nft");
    const capture = new Capture();
    const numbers = attempts.map(({ from, to, protocol, port }, index) => {
      const ends = { client: from, clientPort: 20_000 + index, server: to, serverPort: port };
      if (protocol === "icmp") return capture.echo(from, to).number;
      if (protocol === "tcp") return capture.tcp(ends, [])[0]?.number;
      return capture.udp(ends, [{ by: "client", parts: [Buffer.from("first")] }])[0]?.number;
    });
    this.spoke.sh("base64 -d >/tmp/packets.pcap", { input: capture.toBuffer().toString("base64") });
    const { status, stderr } = this.spoke.run(["python3", "-c", SEND, JSON.stringify(numbers)]);
    if (status !== 0) throw new Error(`nothing was sent: ${stderr}`);
    const seen = new Set(this.#marked());
    return new Set(
      attempts.filter(({ from, to, protocol, port }) =>
        seen.has((protocol === "icmp" ? [from, to] : [from, to, protocol, port]).join(" ")),
      ),
    );
  }

  /** What the witness wrote down. */
  #marked(): readonly string[] {
    interface Listed {
      readonly nftables: readonly {
        readonly set?: { readonly elem?: readonly { readonly concat: readonly (string | number)[] }[] };
      }[];
    }
    return ["ports", "echoes"].flatMap((name) => {
      const listed = JSON.parse(this.machine.sh(`nft -j list set inet witness ${name}`)) as Listed;
      return listed.nftables.flatMap(({ set }) => (set?.elem ?? []).map(({ concat }) => concat.join(" ")));
    });
  }
}
