import { type SignedRequest, type SigningExpectation, verifySignature } from "../support/sigv4-verifier";

/*
 * Nobody of this project signed what is verified here: the first request is the example that AWS's documentation works out step by step
 * (IAM User Guide, "Create a signed AWS API request"), the others were signed by botocore 1.44.5.
 */

const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

const EXAMPLE: SignedRequest = {
  method: "GET",
  target: "/?Action=ListUsers&Version=2010-05-08",
  rawHeaders: [
    ...["Content-Type", "application/x-www-form-urlencoded; charset=utf-8"],
    ...["Host", "iam.amazonaws.com"],
    ...["X-Amz-Date", "20150830T123600Z"],
    ...[
      "Authorization",
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, " +
        "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    ],
  ],
};

const OF_EXAMPLE: SigningExpectation = {
  region: "us-east-1",
  service: "iam",
  keys: new Map([["AKIDEXAMPLE", { secret: SECRET }]]),
  now: new Date("2015-08-30T12:36:00Z"),
};

const OF_LATTICE: SigningExpectation = {
  region: "eu-central-1",
  service: "vpc-lattice-svcs",
  keys: new Map([["ASIAEXAMPLE", { secret: SECRET, sessionToken: "the-session-token" }]]),
  now: new Date("2026-11-22T10:30:00Z"),
  unsignedPayload: true,
};

function toLattice(method: string, target: string, signature: string): SignedRequest {
  return {
    method,
    target,
    rawHeaders: [
      ...["Host", "shop.internal.example.com"],
      ...["X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD"],
      ...["X-Amz-Date", "20261122T103000Z"],
      ...["X-Amz-Security-Token", "the-session-token"],
      ...[
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20261122/eu-central-1/vpc-lattice-svcs/aws4_request, " +
          `SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=${signature}`,
      ],
    ],
  };
}

const SIGNED = toLattice("GET", "/", "ec8a27d5d18ac67a3537a87ed78b8156652320640b98e20db984aec4a0675abf");

it("knows the documentation's example for right", () => {
  expect(verifySignature(EXAMPLE, OF_EXAMPLE)).toBe("AKIDEXAMPLE");
});

it.each([
  ["GET", "/", "ec8a27d5d18ac67a3537a87ed78b8156652320640b98e20db984aec4a0675abf"],
  ["GET", "/orders/7?b=2&a=1&a=0&c", "3fce457cfe8dd3c85645df9089bf102d4c7e9bcaa631c5f075f730e5f6a891df"],
  ["POST", "/a%20b/%C3%BC/x;y?q=%20&r=%2F~", "64e98ecff73818ae3fcf6f30cdfbd99bdfc918a5849d216e34acd1d81506d3a8"],
  ["GET", "/trailing/", "c851c3ec832fa33862f180fc95f10159b3f82e9c260707f097b2c857f761a816"],
  ["PUT", "/a:b@c/(d)!", "de4871d809ecdf6020ed1f1a176e06e1de6ee84956194e8ad5faf9abf0e1067c"],
])("knows for right what botocore signed: %s %s", (method, target, signature) => {
  expect(verifySignature(toLattice(method, target, signature), OF_LATTICE)).toBe("ASIAEXAMPLE");
});

it("takes HTTP/2's authority for the host, and the headers in any order and case", () => {
  const [, host = "", ...others] = SIGNED.rawHeaders;
  const rawHeaders = [...others, ":authority", host].map((text, index) => (index % 2 ? text : text.toLowerCase()));
  expect(verifySignature({ ...SIGNED, rawHeaders }, OF_LATTICE)).toBe("ASIAEXAMPLE");
});

/** The request with another value in a header, or with one header more. */
function changed(name: string, value: string | ((before: string) => string)): SignedRequest {
  const rawHeaders = [...SIGNED.rawHeaders];
  const at = rawHeaders.indexOf(name);
  const next = typeof value === "string" ? value : value(rawHeaders[at + 1] ?? "");
  if (at === -1) rawHeaders.push(name, next);
  else rawHeaders[at + 1] = next;
  return { ...SIGNED, rawHeaders };
}

function without(name: string): SignedRequest {
  const at = SIGNED.rawHeaders.indexOf(name);
  return { ...SIGNED, rawHeaders: SIGNED.rawHeaders.toSpliced(at, 2) };
}

it.each<[string, SignedRequest, RegExp]>([
  ["another method", { ...SIGNED, method: "POST" }, /is not that of/],
  ["another path", { ...SIGNED, target: "/x" }, /is not that of/],
  ["another query", { ...SIGNED, target: "/?a" }, /is not that of/],
  ["another host", changed("Host", "other.example.com"), /is not that of/],
  ["another signature", changed("Authorization", (text) => text.replace(/.$/, "0")), /is not that of/],
  ["no signature", without("Authorization"), /no authorization/],
  ["a bearer's token", changed("Authorization", "Bearer abc"), /no signature of version 4/],
  ["two hosts", { ...SIGNED, rawHeaders: [...SIGNED.rawHeaders, "host", "x"] }, /is not that of/],
  ["another session", changed("X-Amz-Security-Token", "x"), /session token/],
  ["no session", without("X-Amz-Security-Token"), /session token/],
  ["another time of the day", changed("X-Amz-Date", "20261122T103100Z"), /is not that of/],
  ["another day", changed("X-Amz-Date", "20261121T103000Z"), /too far from now/],
  ["no time", without("X-Amz-Date"), /no x-amz-date/],
  ["a signed body", changed("X-Amz-Content-SHA256", "0".repeat(64)), /x-amz-content-sha256 is 000/],
  ["nothing about the body", without("X-Amz-Content-SHA256"), /x-amz-content-sha256 is undefined/],
  ["a header of the signature that is not in it", changed("X-Amz-Target", "x"), /x-amz-target is not signed/],
  ["an unsigned host", changed("Authorization", (text) => text.replace("host;", "")), /host is not signed/],
  ["names out of order", changed("Authorization", (text) => text.replace(/host;([^,]+)/, "$1;host")), /out of order/],
  ["another region", changed("Authorization", (text) => text.replace("eu-central", "eu-west")), /region eu-west-1/],
  ["another service", changed("Authorization", (text) => text.replace("vpc-lattice-svcs", "s3")), /service s3/],
  ["another key", changed("Authorization", (text) => text.replace("ASIA", "AKIA")), /nobody has the key/],
  ["a scope too long", changed("Authorization", (text) => text.replace("aws4_request", "aws4_request/x")), /scope/],
])("refuses %s", (_, request, reason) => {
  expect(() => verifySignature(request, OF_LATTICE)).toThrow(reason);
});

it("refuses a body that is not the one that was signed", () => {
  expect(() => verifySignature({ ...EXAMPLE, body: Buffer.from("x") }, OF_EXAMPLE)).toThrow(/is not that of/);
});

it("refuses what was signed too long ago, or is signed for later", () => {
  for (const now of ["2015-08-30T12:42:00Z", "2015-08-30T12:30:00Z"]) {
    expect(() => verifySignature(EXAMPLE, { ...OF_EXAMPLE, now: new Date(now) })).toThrow(/too far from now/);
  }
});

it("refuses a scope of another day than the request's", () => {
  const request = {
    ...EXAMPLE,
    rawHeaders: EXAMPLE.rawHeaders.map((text) => text.replace("/20150830/", "/20150829/")),
  };
  expect(() => verifySignature(request, OF_EXAMPLE)).toThrow(/the scope is of 20150829/);
});
