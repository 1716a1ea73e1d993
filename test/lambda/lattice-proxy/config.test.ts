import { gzipSync } from "node:zlib";

import { readConfig } from "../../../lambda/lattice-proxy/config";
import type { Front } from "../../../lambda/lattice-proxy/contract";
import { routeTo, variablesFor } from "./world";

const HOSTS = { "shop.example.com": { ...routeTo(443), methods: ["GET"] }, "*.example.com": routeTo(80) };
const VARIABLES = variablesFor("alb", HOSTS);

const packed = (hosts: unknown): string => gzipSync(JSON.stringify(hosts)).toString("base64");

test("every variable counts", () => {
  expect(readConfig({ ...VARIABLES, IDENTITY_HEADERS: "true" })).toEqual({
    front: "alb",
    region: "eu-central-1",
    hosts: HOSTS,
    bearerHeader: "x-forwarded-authorization",
    identityHeaders: true,
  });
});

test.each(Object.keys(VARIABLES))("%s must be set, and not to nothing", (name) => {
  expect(() => readConfig({ ...VARIABLES, [name]: undefined })).toThrow(new RegExp(`: ${name} is not set$`));
  expect(() => readConfig({ ...VARIABLES, [name]: "" })).toThrow(new RegExp(`: ${name} is not set$`));
});

test.each([
  ["FRONT", "nlb"],
  ["IDENTITY_HEADERS", "yes"],
  ["BEARER_HEADER", "Authorization"],
  ["BEARER_HEADER", "authorization"],
  ["BEARER_HEADER", "x-forwarded-for"],
  ["BEARER_HEADER", "x-amz-date"],
  ["BEARER_HEADER", "X-Bearer"],
  ["AWS_REGION", "eu central"],
  ["HOSTS", "{}"],
])("%s may not be %s", (name, value) => {
  expect(() => readConfig({ ...VARIABLES, [name]: value })).toThrow(`${name} is ${JSON.stringify(value)}; expected`);
});

test("all variables at fault are named at once", () => {
  expect(() => readConfig({ FRONT: "x" })).toThrow(/FRONT is "x".*BEARER_HEADER.*IDENTITY_HEADERS.*AWS_REGION.*HOSTS/);
});

test.each([
  ["no gzip", Buffer.from("{}").toString("base64")],
  ["no JSON", gzipSync("{").toString("base64")],
  ["a list", packed([])],
  ["nothing", packed(null)],
])("the map of hosts may not be %s", (_what, HOSTS) => {
  expect(() => readConfig({ ...VARIABLES, HOSTS })).toThrow("HOSTS must be JSON of an object");
});

test("nor may it be empty", () => {
  expect(() => readConfig({ ...VARIABLES, HOSTS: packed({}) })).toThrow("at least one host");
});

test.each([
  "Shop.example.com",
  "shop",
  "*",
  "a.*.example.com",
  "shop.example.com.",
  "shop.example.com:443",
  "__proto__",
])("no host is %s", (host) => {
  // JSON, unlike an object's literal, holds any name.
  const HOSTS = gzipSync(`{${JSON.stringify(host)}:${JSON.stringify(routeTo(1))}}`).toString("base64");
  expect(() => readConfig({ ...VARIABLES, HOSTS })).toThrow(/host name in lower case/);
});

const UPSTREAM = { domain: "service.test", port: 443, tls: true };

test.each([
  ["paths", []],
  ["paths", "/"],
  ["paths", ["v1"]],
  ["paths", ["/a b"]],
  ["paths", ["/a?b"]],
  ["methods", []],
  ["methods", ["TRACE"]],
  ["methods", ["get"]],
  ["methods", null],
  ["sign", "false"],
  ["sign", undefined],
  ["timeoutSeconds", 0],
  ["timeoutSeconds", 61],
  ["timeoutSeconds", "15"],
  ["retries", -1],
  ["retries", 6],
  ["retries", 0.5],
  ["upstream", undefined],
  ["upstream.domain", { ...UPSTREAM, domain: "Service.test" }],
  ["upstream.domain", { ...UPSTREAM, domain: "service.test/x" }],
  ["upstream.domain", { ...UPSTREAM, domain: "127.0.0.1:80" }],
  ["upstream.port", { ...UPSTREAM, port: 0 }],
  ["upstream.port", { ...UPSTREAM, port: 65_536 }],
  ["upstream.tls", { ...UPSTREAM, tls: undefined }],
])("of a host, %s may not be %j", (at, value) => {
  const [field = ""] = at.split(".");
  const HOSTS = packed({ "shop.example.com": { ...routeTo(1), [field]: value } });
  expect(() => readConfig({ ...VARIABLES, HOSTS })).toThrow(`HOSTS["shop.example.com"].${at} must be`);
});

test.each([
  ["alb", 60],
  ["httpApi", 29],
  ["restApi", 28],
] as const)("the front %s waits for %d seconds and the answer", (front: Front, longest) => {
  const read = (timeoutSeconds: number) =>
    readConfig(variablesFor(front, { "a.test": routeTo(1, { timeoutSeconds }) }));
  expect(read(longest).hosts["a.test"]?.timeoutSeconds).toBe(longest);
  expect(() => read(longest + 1)).toThrow("timeoutSeconds must be");
});
