import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

/** Debian 12's own cannot date a certificate into the past. */
const CHROOT = resolve(__dirname, "../../../.cache/nginx");

/** A key and the certificates of its owner, the owner's own first. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** Who signs whom in the tests: a root, an authority below it, and servers with certificates good and bad. */
export interface Certificates {
  /** The root alone: what a user would give as the private authority. */
  readonly root: string;
  readonly good: Identity;
  readonly otherName: Identity;
  readonly expired: Identity;
  readonly selfSigned: Identity;
}

const PAST = ["-not_before", "20200101000000Z", "-not_after", "20210101000000Z"];

/** Makes certificates for a server of this name. */
export function makeCertificates(host: string): Certificates {
  const folder = mkdtempSync(join(CHROOT, "tmp/certificates-"));
  try {
    const make = (name: string, commonName: string, args: readonly string[]): Identity =>
      issue(folder, name, commonName, args);
    const authority = ["-addext", "basicConstraints=critical,CA:TRUE"];
    const root = make("root", "Test root", authority);
    const below = make("below", "Test authority", [...authority, ...by("root")]);
    const signed = (name: string, commonName: string, args: readonly string[] = []): Identity => {
      const own = make(name, commonName, ["-addext", `subjectAltName=DNS:${commonName}`, ...by("below"), ...args]);
      return { key: own.key, cert: own.cert + below.cert };
    };
    return {
      root: root.cert,
      good: signed("good", host),
      otherName: signed("other", `other.${host}`),
      expired: signed("expired", host, PAST),
      selfSigned: make("self", host, ["-addext", `subjectAltName=DNS:${host}`]),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function by(name: string): readonly string[] {
  return ["-CA", `${name}.crt`, "-CAkey", `${name}.key`];
}

function issue(folder: string, name: string, commonName: string, args: readonly string[]): Identity {
  const inside = folder.slice(CHROOT.length);
  const command = [
    ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"],
    ...["-subj", `/CN=${commonName}`, "-keyout", `${name}.key`, "-out", `${name}.crt`, ...args],
  ];
  const { status, stderr } = spawnSync("chroot", [CHROOT, "sh", "-c", 'cd "$0" && exec "$@"', inside, ...command], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`no certificate for ${commonName}: ${stderr}`);
  return {
    key: readFileSync(join(folder, `${name}.key`), "utf8"),
    cert: readFileSync(join(folder, `${name}.crt`), "utf8"),
  };
}
