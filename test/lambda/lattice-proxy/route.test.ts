import type { HostMap } from "../../../lambda/lattice-proxy/contract";
import { Refusal } from "../../../lambda/lattice-proxy/errors";
import { checkPassed, hostFinder } from "../../../lambda/lattice-proxy/route";
import { routeTo } from "./world";

const HOSTS: HostMap = {
  "shop.example.com": routeTo(1),
  "*.example.com": routeTo(2),
  "*.tenants.example.com": routeTo(3),
  "one.tenants.example.com": routeTo(4),
};

test.each([
  ["shop.example.com", "shop.example.com"],
  ["other.example.com", "*.example.com"],
  ["a.b.example.com", "*.example.com"],
  ["tenants.example.com", "*.example.com"],
  ["a.tenants.example.com", "*.tenants.example.com"],
  ["a.b.tenants.example.com", "*.tenants.example.com"],
  ["one.tenants.example.com", "one.tenants.example.com"],
  ["a.one.tenants.example.com", "*.tenants.example.com"],
  ["example.com", undefined],
  ["shop.example.com.other.test", undefined],
  ["xexample.com", undefined],
  ["com", undefined],
  ["*.example.com", "*.example.com"],
  ["constructor", undefined],
])("the host %s falls under %s", (host, name) => {
  expect(hostFinder(HOSTS)(host)?.name).toBe(name);
});

function refusal(passed: { paths?: readonly string[]; methods?: readonly string[] }, method: string, path: string) {
  try {
    checkPassed(routeTo(1, passed), method, path);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

test.each([
  [["/"], "/anything"],
  [["/v1"], "/v1"],
  [["/v1"], "/v1/orders"],
  [["/v1/"], "/v1/"],
  [["/v1/o"], "/v1/o/"],
  [["/a", "/v1"], "/v1"],
])("%j passes %s on", (paths, path) => {
  expect(refusal({ paths }, "GET", path)).toBeUndefined();
});

test.each([
  [["/v1"], "/v10"],
  [["/v1"], "/V1"],
  [["/v1"], "//v1"],
  [["/v1"], "/v1%2Forders"],
  [["/v1/"], "/v1"],
  [["/v1"], "/"],
])("%j does not pass %s on", (paths, path) => {
  expect(refusal({ paths }, "GET", path)?.reason).toBe("unknown_path");
});

test("every method is passed on but the two that none can have, and what is no method", () => {
  for (const method of ["GET", "POST", "PATCH", "PROPFIND", "M-SEARCH"])
    expect(refusal({}, method, "/")).toBeUndefined();
  for (const method of ["TRACE", "CONNECT", "get", "", "GET /", "G\r\nT"]) {
    expect(refusal({}, method, "/")?.reason).toBe("unknown_method");
  }
});

test("of a host with methods only those are, and the answer names them", () => {
  expect(refusal({ methods: ["GET", "HEAD"] }, "HEAD", "/")).toBeUndefined();
  const refused = refusal({ methods: ["GET", "HEAD"] }, "POST", "/");
  expect(refused?.reason).toBe("unknown_method");
  expect(refused?.headers).toEqual([["allow", "GET, HEAD"]]);
});
