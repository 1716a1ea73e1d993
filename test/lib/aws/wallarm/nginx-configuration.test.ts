import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";

import {
  nginxConfiguration,
  type NginxProps,
  NODE_PORT,
  STATUS_PATH,
} from "../../../../lib/aws/wallarm/nginx-configuration";
import { directives, missingFrom, REQUIRED } from "./directives";

const [CERTIFICATE = "", OTHER_CERTIFICATE = ""] = rootCertificates;

const PROPS: NginxProps = {
  mode: "block",
  applicationId: 7,
  upstream: { protocol: "https", host: "kong.internal.example.com", port: 443 },
  hostHeader: "client",
  maxBodyMb: 20,
  idleTimeoutSeconds: 60,
  trustedProxies: [],
  vpcCidr: "10.20.0.0/16",
};

function configured(changed: Partial<NginxProps> = {}): readonly string[] {
  return directives(nginxConfiguration({ ...PROPS, ...changed }));
}

/** What a directive is set to wherever it stands. */
function settings(name: string, changed: Partial<NginxProps> = {}): readonly string[] {
  return configured(changed)
    .map((directive) => directive.split(" > ").at(-1) ?? "")
    .filter((directive) => directive.startsWith(`${name} `))
    .map((directive) => directive.slice(name.length + 1));
}

describe("the directives that a node cannot do without", () => {
  it("are all there", () => {
    expect(missingFrom(nginxConfiguration(PROPS))).toEqual([]);
  });

  it.each(Object.entries(REQUIRED))("are missed: %s (else %s)", (required) => {
    const directive = `${required.split(" > ").at(-1) ?? ""};`;
    const inBlock = required.split(" > ").at(-2) ?? "";
    const lines = nginxConfiguration(PROPS).split("\n");
    const block = lines.findIndex((line) => line.trim() === `${inBlock} {`);
    const line = lines.findIndex((text, index) => index > block && text.trim() === directive);
    expect(line).toBeGreaterThan(-1);
    expect(missingFrom(lines.toSpliced(line, 1).join("\n"))).toEqual([required]);
  });

  it("are missed when they stand in a comment", () => {
    const commented = nginxConfiguration(PROPS).replace("wallarm_mode block;", "# wallarm_mode block;");
    expect(missingFrom(commented)).toEqual(["server > wallarm_mode block"]);
  });
});

describe("the settings of an edge", () => {
  it("choose how attacks are treated", () => {
    for (const mode of ["monitoring", "safe_blocking", "block"] as const) {
      expect(settings("wallarm_mode", { mode })).toEqual([mode, "off"]);
    }
  });

  it("name an application only when there is one", () => {
    expect(settings("wallarm_application")).toEqual(["7"]);
    expect(settings("wallarm_application", { applicationId: undefined })).toEqual([]);
  });

  it("name the upstream to those that it is called by", () => {
    const upstream = { protocol: "http", host: "10.20.3.4", port: 8000 } as const;
    expect(settings("proxy_pass", { upstream })).toEqual(["http://protected"]);
    expect(configured({ upstream })).toContain("upstream protected > server 10.20.3.4:8000 resolve max_fails=0");
  });

  it.each([
    ["https", 443, "kong.internal.example.com"],
    ["https", 8443, "kong.internal.example.com:8443"],
    ["http", 80, "kong.internal.example.com"],
    ["http", 443, "kong.internal.example.com:443"],
  ] as const)("give the upstream its own name as the host: %s, port %d", (protocol, port, host) => {
    const upstream = { ...PROPS.upstream, protocol, port };
    expect(settings("proxy_set_header Host", { upstream, hostHeader: "upstream" })).toEqual([host]);
  });

  it("let further proxies in front be passed over, and only then", () => {
    expect(settings("real_ip_recursive")).toEqual(["off"]);
    const trustedProxies = ["203.0.113.0/24", "2001:DB8::/32"];
    expect(settings("real_ip_recursive", { trustedProxies })).toEqual(["on"]);
    expect(settings("set_real_ip_from", { trustedProxies })).toEqual([
      "10.20.0.0/16",
      "203.0.113.0/24",
      "2001:db8::/32",
    ]);
    expect(settings("allow", { trustedProxies })).toEqual(["10.20.0.0/16", "127.0.0.0/8"]);
  });

  it("replace the system's authorities by the given one", () => {
    expect(settings("proxy_ssl_trusted_certificate", { upstreamCaPem: CERTIFICATE })).toEqual([
      "/etc/nginx/upstream-ca.pem",
    ]);
  });

  it.each([10, 60, 3600])("keep the times around a load balancer's idle timeout of %d s", (idleTimeoutSeconds) => {
    const seconds = (name: string): number => {
      const [first = ""] = settings(name, { idleTimeoutSeconds }).map((text) => text.replace(/s$/, ""));
      return Number(first);
    };
    const connecting = Number(settings("proxy_next_upstream_tries")[0]) * seconds("proxy_connect_timeout");
    expect(seconds("proxy_read_timeout") + connecting).toBeLessThan(idleTimeoutSeconds);
    expect(seconds("proxy_read_timeout")).toBeGreaterThan(seconds("proxy_next_upstream_timeout"));
    expect(seconds("proxy_send_timeout")).toBe(seconds("proxy_read_timeout"));
    const [, keptByServer] = settings("keepalive_timeout", { idleTimeoutSeconds });
    expect(Number(keptByServer?.replace(/s$/, ""))).toBeGreaterThan(idleTimeoutSeconds);
  });
});

describe("what must not stand in the file", () => {
  it.each<[string, Partial<NginxProps>, RegExp]>([
    [
      "a host that ends the directive",
      { upstream: { ...PROPS.upstream, host: "a.example;return 200" } },
      /upstream\.host/,
    ],
    ["a host with a line end", { upstream: { ...PROPS.upstream, host: "a.example\n}" } }, /upstream\.host/],
    ["a host that is a variable", { upstream: { ...PROPS.upstream, host: "$http_x" } }, /upstream\.host/],
    ["an empty host", { upstream: { ...PROPS.upstream, host: "" } }, /upstream\.host/],
    ["a port beyond the last", { upstream: { ...PROPS.upstream, port: 65536 } }, /upstream\.port/],
    ["a port of no number", { upstream: { ...PROPS.upstream, port: Number.NaN } }, /upstream\.port/],
    ["a fraction of a port", { upstream: { ...PROPS.upstream, port: 80.5 } }, /upstream\.port/],
    ["a range with host bits", { vpcCidr: "10.20.0.1/16" }, /vpcCidr/],
    ["a range that is a reference", { vpcCidr: "${aws_vpc.x.cidr_block}" }, /vpcCidr/],
    ["a proxy that is everybody", { trustedProxies: ["0.0.0.0/0"] }, /trustedProxies/],
    ["a proxy that is more than a range", { trustedProxies: ["203.0.113.0/24; allow all"] }, /trustedProxies/],
    ["an application of no number", { applicationId: 0 }, /applicationId/],
    ["an infinite body", { maxBodyMb: Number.POSITIVE_INFINITY }, /maxBodyMb/],
    ["no body", { maxBodyMb: 0 }, /maxBodyMb/],
    ["an idle timeout below the load balancer's least", { idleTimeoutSeconds: 9 }, /idleTimeoutSeconds/],
    [
      "an address whose certificate nobody could verify",
      { upstream: { ...PROPS.upstream, host: "10.0.0.1" } },
      /must be a name/,
    ],
    [
      "an authority for plain HTTP",
      { upstream: { ...PROPS.upstream, protocol: "http" }, upstreamCaPem: CERTIFICATE },
      /plain HTTP/,
    ],
    [
      "a key among the certificates",
      { upstreamCaPem: `${CERTIFICATE}\n-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----` },
      /nothing else/,
    ],
    ["no certificate at all", { upstreamCaPem: "" }, /nothing else/],
    [
      "a broken certificate",
      { upstreamCaPem: `${CERTIFICATE}\n${CERTIFICATE.replace("MI", "MA")}` },
      /certificate 2 cannot be read/,
    ],
    [
      "more certificates than a task definition holds",
      { upstreamCaPem: `${CERTIFICATE}\n`.repeat(40) },
      /at most 32768 bytes/,
    ],
  ])("is refused: %s", (_what, changed, message) => {
    expect(() => nginxConfiguration({ ...PROPS, ...changed })).toThrow(message);
  });

  it("is refused whatever the types say: a mode that ends the directive", () => {
    const mode = JSON.parse('"block; }"') as NginxProps["mode"];
    expect(() => nginxConfiguration({ ...PROPS, mode })).toThrow(/mode must be one plain word/);
  });

  it("is no secret: messages of certificates do not repeat them", () => {
    const pem = `${CERTIFICATE}\n-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----`;
    expect(() => nginxConfiguration({ ...PROPS, upstreamCaPem: pem })).toThrow(/^(?![^]*c2VjcmV0)/);
  });

  it("does not concern several certificates in one file", () => {
    expect(new X509Certificate(OTHER_CERTIFICATE).ca).toBe(true);
    const upstreamCaPem = `\r\n${CERTIFICATE}\r\n\r\n${OTHER_CERTIFICATE}\n`;
    expect(() => nginxConfiguration({ ...PROPS, upstreamCaPem })).not.toThrow();
  });
});

describe("the files", () => {
  it("agree about the port and the path", () => {
    const configuration = configured();
    expect(configuration).toContain(`server > listen ${NODE_PORT} default_server`);
    expect(configuration).toContain(`server > location = ${STATUS_PATH} > wallarm_status on`);
  });

  it("hold nothing that Terraform would take for an expression", () => {
    expect(nginxConfiguration(PROPS)).not.toMatch(/[$%]\{/);
  });

  it.each(["start.sh", "health-check.sh"])("are shell that any shell reads: %s", (name) => {
    expect(spawnSync("sh", ["-n", `lib/aws/wallarm/${name}`], { encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });
});
