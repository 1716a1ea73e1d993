import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** A key and the certificate of its owner, in PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** Who signs certificates: its own in PEM, and how it makes others. */
export interface Authority {
  readonly cert: string;
  /** @param days from when to when it holds, in days from now. @default from yesterday until tomorrow */
  issue(host: string, days?: readonly [from: number, until: number]): Identity;
}

/** Makes an authority that nobody knows; certificates are written here (RFC 5280), for the tests need neither root nor a program. */
export function makeAuthority(name = "Test authority"): Authority {
  const own = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const certify = (subject: string, key: KeyObject, extension: Buffer, days: readonly [number, number]): string =>
    certificate({ issuer: name, signer: own.privateKey, subject, key, extension, days });
  return {
    cert: certify(name, own.publicKey, authorityExtension(), VALID),
    issue: (host, days = VALID) => {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
      return {
        key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
        cert: certify(host, publicKey, hostExtension(host), days),
      };
    },
  };
}

const VALID = [-1, 1] as const;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

interface Certificate {
  readonly issuer: string;
  readonly signer: KeyObject;
  readonly subject: string;
  readonly key: KeyObject;
  readonly extension: Buffer;
  readonly days: readonly [number, number];
}

function certificate({ issuer, signer, subject, key, extension, days }: Certificate): string {
  const algorithm = sequence(objectId("1.2.840.10045.4.3.2"));
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    commonName(issuer),
    sequence(...days.map((day) => time(new Date(Date.now() + day * DAY_MILLISECONDS)))),
    commonName(subject),
    key.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(extension)),
  );
  const signed = sequence(body, algorithm, der(0x03, Buffer.from([0]), sign("sha256", body, signer)));
  const lines = signed.toString("base64").replace(/.{64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function authorityExtension(): Buffer {
  const isAuthority = der(0x01, Buffer.from([0xff]));
  return sequence(objectId("2.5.29.19"), isAuthority, der(0x04, sequence(isAuthority)));
}

function hostExtension(host: string): Buffer {
  return sequence(objectId("2.5.29.17"), der(0x04, sequence(der(0x82, Buffer.from(host)))));
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(objectId("2.5.4.3"), der(0x0c, Buffer.from(name)))));
}

/** Of the years until 2049. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+Z/g, "");
  return der(0x17, Buffer.from(`${digits.slice(2)}Z`));
}

function integer(value: Buffer): Buffer {
  return der(0x02, value);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...others].flatMap((number) => {
    const digits = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left % 128) + 128);
    return digits;
  });
  return der(0x06, Buffer.from(bytes));
}

/** Distinguished encoding: tag, length, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
