import { canonicalQuantity } from "../../../lib/rancher/quantity";

/** Each as `resource.Quantity` of k8s.io/apimachinery 0.32 gives it back, once it was read from JSON. */
it.each([
  ["100m", "100m"],
  ["1", "1"],
  ["1000m", "1"],
  ["1500m", "1500m"],
  ["0.5", "500m"],
  ["0.25", "250m"],
  ["2.50", "2500m"],
  ["100.5m", "100500u"],
  ["2000", "2k"],
  ["1024", "1024"],
  ["256Mi", "256Mi"],
  ["1024Mi", "1Gi"],
  ["1536Mi", "1536Mi"],
  ["1.5Gi", "1536Mi"],
  ["0.5Ki", "512"],
  ["1048576Ki", "1Gi"],
  ["0.1Ki", "102400m"],
  ["0.1Gi", "107374182400m"],
  ["0", "0"],
  ["0Mi", "0"],
])("writes %s as Kubernetes does: %s", (written, canonical) => {
  expect(canonicalQuantity(written)).toBe(canonical);
});

it.each(["", "m", "1.", ".5", "1e3", "-1", "1 Gi", "256MiB", "1Gim"])("refuses %j, which is no quantity", (text) => {
  expect(() => canonicalQuantity(text)).toThrow("is no quantity of Kubernetes");
});

it.each(["0.0000000001", "0.0000001m"])("refuses %s, which Kubernetes would round", (text) => {
  expect(() => canonicalQuantity(text)).toThrow(`${text} is finer than Kubernetes counts; write a rounder number`);
});
