import { registrationCommand, registrationPage } from "../../../lib/rancher/manual-registration";

const manual = {
  url: "https://rancher.example.com:8443/",
  clusterId: "c-abcde",
  fleetWorkspace: "shops",
  hasPrivateAuthority: false,
};

it("knows the page of the cluster, whether the server's address ends in a slash or not", () => {
  const page =
    "https://rancher.example.com:8443/dashboard/c/_/manager/provisioning.cattle.io.cluster/shops/c-abcde#registration";
  expect(registrationPage(manual)).toBe(page);
  expect(registrationPage({ ...manual, url: "https://rancher.example.com:8443" })).toBe(page);
});

it("verifies the server, with the private authority's certificates where there is one", () => {
  const optionsOf = (hasPrivateAuthority: boolean) =>
    registrationCommand({ ...manual, hasPrivateAuthority })
      .split(" | ")
      .filter((program) => program.startsWith("curl "))
      .map((curl) => curl.replace(/ '.*'$/, ""));
  expect(optionsOf(false)).toEqual(["curl -fsS -K -", "curl -fsS -K -"]);
  expect(optionsOf(true)).toEqual(["curl -fsS --cacert rancher-ca.pem -K -", "curl -fsS --cacert rancher-ca.pem -K -"]);
});

it("gives the caller's token to no program as an argument, but to what every shell has built in", () => {
  const [first, ...programs] = registrationCommand(manual).split(" | ");
  expect(first).toBe(`printf 'header = "Authorization: Bearer %s"' "$RANCHER_TOKEN_KEY"`);
  expect(programs.filter((program) => program.includes("RANCHER_TOKEN_KEY"))).toEqual([]);
});
