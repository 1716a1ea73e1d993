import type { Capture, Sent } from "../../support/egress-policy/capture";
import type { Namespace } from "../appliance/namespace";

/** Where policies are laid. */
export const FOLDER = "/tmp/policy";

/** Suricata's configuration. */
export const CONFIGURATION = "/tmp/suricata.yaml";

const LOGS = "/tmp/logs";

/**
 * The least that the rules ask of Suricata's configuration: it stands in the way, and reads each connection to its end. Nothing but what
 * it drops and alerts is written.
 */
const CONFIGURATION_TEXT = `%YAML 1.1
---
vars:
  address-groups: { HOME_NET: any, EXTERNAL_NET: any }
default-rule-path: /tmp
rule-files: [${FOLDER}/policy.rules]
stream: { inline: yes, reassembly: { depth: 0 } }
app-layer:
  error-policy: ignore
  protocols:
    tls: { enabled: yes }
    http: { enabled: yes }
    http2: { enabled: yes }
    dns: { tcp: { enabled: yes }, udp: { enabled: yes } }
    ssh: { enabled: yes }
logging:
  default-log-level: warning
  outputs: [{ console: { enabled: yes } }]
outputs:
  - eve-log:
      enabled: yes
      filetype: regular
      filename: eve.json
      types:
        - alert: { metadata: yes }
        - drop: { alerts: yes, flows: all }
`;

interface EveRecord {
  readonly event_type: "alert" | "drop";
  readonly src_port?: number;
  readonly dest_port?: number;
  /** The packet's number. */
  readonly pcap_cnt?: number;
  readonly alert?: { readonly signature: string; readonly action: string };
}

/** What Suricata made of one capture. */
export interface Verdicts {
  readonly isDropped: (packet: Sent) => boolean;
  /** Messages of the rules that spoke of these packets, each once. */
  readonly messages: (packets: readonly Sent[]) => readonly string[];
}

/** Lays a compiled policy where an appliance would have it. */
export function lay(machine: Namespace, files: Readonly<Record<string, string>>): void {
  machine.sh(`rm -rf ${FOLDER} && mkdir -p ${FOLDER}`);
  machine.write(CONFIGURATION, CONFIGURATION_TEXT);
  for (const [name, text] of Object.entries(files)) machine.write(`${FOLDER}/${name}`, text);
}

/** What `suricata -T` says of the policy that was laid: nothing, when all of it can be loaded. */
export function testRules(machine: Namespace): string {
  const { status, stdout, stderr } = machine.run(["suricata", "-T", "-c", CONFIGURATION, "-l", "/tmp"]);
  return status === 0 && stderr === "" ? "" : `${String(status)} ${stdout} ${stderr}`;
}

/** Has Suricata read a capture as if it stood in the way. */
export function judge(machine: Namespace, capture: Capture): Verdicts {
  machine.sh(`rm -rf ${LOGS} && mkdir -p ${LOGS} && base64 -d >/tmp/capture.pcap`, {
    input: capture.toBuffer().toString("base64"),
  });
  machine.sh(`suricata -c ${CONFIGURATION} -l ${LOGS} --simulate-ips -k none -r /tmp/capture.pcap`);
  const lines = machine.read(`${LOGS}/eve.json`).split("\n").filter(Boolean);
  const records = lines.map((line) => JSON.parse(line) as EveRecord);
  const dropped = new Set(records.filter((record) => record.event_type === "drop").map((record) => record.pcap_cnt));
  return {
    isDropped: ({ number }) => dropped.has(number),
    messages: (packets) => {
      const numbers = new Set<number | undefined>(packets.map(({ number }) => number));
      const spoken = records.filter(({ event_type, pcap_cnt }) => event_type === "alert" && numbers.has(pcap_cnt));
      return [...new Set(spoken.flatMap(({ alert }) => (alert === undefined ? [] : [alert.signature])))];
    },
  };
}

/** What Suricata, configured as appliances are that get a copy, says of the connection from each client's port; each message once. */
export function overhear(machine: Namespace, capture: Capture): (clientPort: number) => readonly string[] {
  machine.sh(`rm -rf ${LOGS} && mkdir -p ${LOGS} && base64 -d >/tmp/capture.pcap`, {
    input: capture.toBuffer().toString("base64"),
  });
  machine.sh(
    `suricata -c /repository/appliance/etc/suricata.yaml -S ${FOLDER}/policy.rules -l ${LOGS} -k none -r /tmp/capture.pcap`,
  );
  const records = machine.sh(`cat ${LOGS}/alerts.json`).split("\n").filter(Boolean);
  const alerts = records.map((line) => JSON.parse(line) as EveRecord);
  // Behind the last packet of a connection there may be one more of Suricata's own, without a number.
  return (clientPort) => {
    const spoken = alerts.filter(({ src_port, dest_port }) => [src_port, dest_port].includes(clientPort));
    return [...new Set(spoken.flatMap(({ alert }) => (alert === undefined ? [] : [alert.signature])))];
  };
}
