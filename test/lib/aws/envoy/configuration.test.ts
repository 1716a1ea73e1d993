import { Lazy } from "cdktf";

import { envoyConfiguration, type EnvoyHost, type EnvoyProps } from "../../../../lib/aws/envoy/container";
import { objectOf, objectsOf, parsedObject } from "../../../support/json";
import { hostTo, PROPS } from "./hosts";

/* What the configuration does is asked of the real Envoy (test/system/envoy.test.ts). Here is what it does not get to see. */

function listenersOf(changed: Partial<EnvoyProps> = {}): readonly unknown[] {
  const { static_resources: resources } = parsedObject(envoyConfiguration({ ...PROPS, ...changed }));
  return objectsOf(objectOf(resources).listeners).map(({ name }) => name);
}

it("listens for what hosts speak, and for health checks", () => {
  expect(listenersOf()).toEqual(["http", "grpc", "health"]);
  expect(listenersOf({ hosts: [hostTo("shop")] })).toEqual(["http", "health"]);
  expect(listenersOf({ hosts: [hostTo("calls", { protocol: "grpc" })] })).toEqual(["grpc", "health"]);
});

it("is the same text for the same hosts", () => {
  expect(envoyConfiguration(PROPS)).toBe(envoyConfiguration(structuredClone(PROPS)));
});

it("has nothing that Terraform would take for an expression of its own", () => {
  expect(envoyConfiguration(PROPS)).not.toMatch(/[$%]\{/);
});

it("takes a service's name that only Terraform will know", () => {
  const domain = Lazy.stringValue({ produce: () => "later" });
  const upstream = { domain, port: 443, tls: true };
  expect(envoyConfiguration({ ...PROPS, hosts: [hostTo("shop", { upstream })] })).toContain(`"sni":"${domain}"`);
});

it("leaves the load balancer's word about people alone only where it gives one", () => {
  expect(envoyConfiguration(PROPS)).toContain('"x-amzn-oidc-"');
  expect(envoyConfiguration({ ...PROPS, identityHeaders: true })).not.toContain("x-amzn-oidc-");
});

it("has the first host that a longer path belongs to asked first", () => {
  const hosts = [hostTo("shop", { paths: ["/a", "/a/b/c", "/", "/a/b"] })];
  const prefixes = [...envoyConfiguration({ ...PROPS, hosts }).matchAll(/"(?:path_separated_)?prefix":"(\/[^"]*)"/g)];
  expect(prefixes.map(([, path]) => path)).toEqual(["/", "/a/b/c", "/a/b", "/a", "/", "/", "/"]);
});

describe("a host that cannot be served", () => {
  it.each<[string, Partial<EnvoyHost>, RegExp]>([
    ["in capitals", { host: "Shop.example.com" }, /must be a host name in lower case/],
    ["without a domain", { host: "shop" }, /must be a host name/],
    ["with a port", { host: "shop.example.com:443" }, /must be a host name/],
    ["with a wildcard inside", { host: "a.*.example.com" }, /must be a host name/],
    ["of every name", { host: "*" }, /must be a host name/],
    ["without paths", { paths: [] }, /paths must name at least one/],
    ["with a path from nowhere", { paths: ["v1"] }, /paths must be paths/],
    ["with a query", { paths: ["/v1?a"] }, /paths must be paths/],
    ["with dots", { paths: ["/v1/../x"] }, /paths must be paths/],
    ["with two slashes", { paths: ["//v1"] }, /paths must be paths/],
    ["with an encoded slash", { paths: ["/v1%2Fx"] }, /paths must be paths/],
    ["with an encoded NUL", { paths: ["/v1%00"] }, /paths must be paths/],
    ["with an expression", { paths: ["/${x}"] }, /paths must be paths/],
    ["without methods", { methods: [] }, /methods must name at least one/],
    ["with methods in lower case", { methods: ["get"] }, /methods must be methods/],
    ["with an alternative for a method", { methods: ["GET|POST"] }, /methods must be methods/],
    ["with TRACE", { methods: ["GET", "TRACE"] }, /methods must be methods other than TRACE and CONNECT/],
    ["that waits longer than the load balancer", { timeoutSeconds: 56 }, /timeoutSeconds must be .* from 1 to 55/],
    ["that does not wait", { timeoutSeconds: 0 }, /timeoutSeconds must be/],
    ["that repeats for ever", { retries: 6 }, /retries must be a whole number from 0 to 5/],
    ["of a service without a name", { upstream: { domain: "", port: 443, tls: true } }, /upstream\.domain must be/],
    ["of a service on no port", { upstream: { domain: "a.example", port: 0, tls: true } }, /upstream\.port must be/],
  ])("is named: %s", (_, changed, message) => {
    expect(() => envoyConfiguration({ ...PROPS, hosts: [hostTo("shop", changed)] })).toThrow(message);
  });
});

it.each<[string, Partial<EnvoyProps>, RegExp]>([
  ["no hosts", { hosts: [] }, /hosts must name at least one/],
  ["a host twice", { hosts: [hostTo("shop"), hostTo("shop", { protocol: "grpc" })] }, /shop\.example\.com twice/],
  ["a bearer in the signature's own header", { bearerHeader: "authorization" }, /bearerHeader must be/],
  ["a bearer that is stripped", { bearerHeader: "x-amz-bearer" }, /bearerHeader must be/],
  ["a bearer that a proxy writes", { bearerHeader: "x-forwarded-for" }, /bearerHeader must be/],
  ["a bearer that is no header", { bearerHeader: "x forwarded" }, /bearerHeader must be/],
  ["a load balancer without patience", { idleTimeoutSeconds: 5 }, /idleTimeoutSeconds must be/],
  ["nobody trusted", { trustedHops: 0 }, /trustedHops must be/],
  ["no memory", { memoryMb: 0 }, /memoryMb must be/],
])("refuses %s", (_, changed, message) => {
  expect(() => envoyConfiguration({ ...PROPS, ...changed })).toThrow(message);
});
