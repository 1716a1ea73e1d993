import fc from "fast-check";

import { anythingBut, withoutForgedHeaders } from "../../../../lib/aws/envoy/headers";
import { objectOf, objectsOf, parsedObject, textOf } from "../../../support/json";

const WORDS = ["for", "proto", "port"];
const PATTERNS = anythingBut(WORDS).map((pattern) => new RegExp(`^${pattern}$`));

function isTaken(text: string): boolean {
  return PATTERNS.some((pattern) => pattern.test(text));
}

it("lets the words through, and nothing that looks like them", () => {
  expect(WORDS.filter(isTaken)).toEqual([]);
  for (const text of ["", "f", "fo", "fork", "for-", "host", "pro", "protocol", "p", "por", "ports", "xfor", "user"]) {
    expect({ text, isTaken: isTaken(text) }).toEqual({ text, isTaken: true });
  }
});

it("takes every other text", () => {
  const name = fc.string({ unit: fc.constantFrom("f", "o", "r", "p", "t", "-", "x"), maxLength: 8 });
  fc.assert(
    fc.property(name, (text) => {
      expect(isTaken(text)).toBe(!WORDS.includes(text));
    }),
  );
});

describe("a header in which a client could say who it is", () => {
  const remover = (identityHeaders: boolean): ((name: string) => boolean) => {
    const filter = parsedObject(JSON.stringify(withoutForgedHeaders("x-forwarded-authorization", identityHeaders)));
    const { mutations } = objectOf(filter.typed_config);
    const matchers = objectsOf(objectOf(mutations).request_mutations).map(({ remove_on_match }) =>
      objectOf(objectOf(remove_on_match).key_matcher),
    );
    return (name) =>
      matchers.some(({ exact, prefix, safe_regex }) => {
        if (prefix !== undefined) return name.startsWith(textOf(prefix));
        if (safe_regex !== undefined) return new RegExp(`^(?:${textOf(objectOf(safe_regex).regex)})$`).test(name);
        return name === exact;
      });
  };

  it.each([true, false])("goes no further, with a login (%s) or without", (identityHeaders) => {
    const isRemoved = remover(identityHeaders);
    const forged = ["x-amz-security-token", "x-amzn-lattice-identity", "x-amzn-mtls-clientcert", "x-envoy-retry-on"];
    expect(forged.filter((name) => !isRemoved(name))).toEqual([]);
    expect(["x-amzn-trace-id", "x-own", "authorization", "x-forwarded-for"].filter(isRemoved)).toEqual([]);
  });

  it("passes where the load balancer puts its own word into it, which only a login has it do", () => {
    const written = ["x-amzn-oidc-data", "x-amzn-oidc-identity", "x-amzn-oidc-accesstoken"];
    expect(written.filter(remover(true))).toEqual([]);
    expect(written.filter(remover(false))).toEqual(written);
  });
});
