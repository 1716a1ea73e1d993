import { dnsServiceIp } from "../../../../lib/azure/aks/service-address";

it.each([
  ["10.245.0.0/16", "10.245.0.10"],
  ["172.16.255.240/28", "172.16.255.250"],
  ["192.168.0.0/24", "192.168.0.10"],
])("in %s cluster DNS has %s", (range, address) => {
  expect(dnsServiceIp(range)).toBe(address);
});
