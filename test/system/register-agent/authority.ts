import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A private authority, and the certificate that it gave a server. */
export interface Authority {
  /** Its own certificate in PEM, as Rancher's setting `cacerts` would hold it. */
  readonly certificate: string;
  readonly server: { readonly key: string; readonly cert: string };
}

/** @throws Error when openssl is missing or fails */
export function makeAuthority(host: string): Authority {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-authority-"));
  const openssl = (...args: readonly string[]): void => {
    const { status, stderr, error } = spawnSync("openssl", args, { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`THE SUITE CANNOT RUN: openssl made no certificate: ${error?.message ?? stderr}`);
  };
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  try {
    openssl("req", "-x509", ...key, "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem");
    openssl(
      ...["req", "-x509", ...key, "-subj", `/CN=${host}`, "-keyout", "server.key", "-out", "server.pem"],
      ...["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", `subjectAltName=DNS:${host}`],
      ...["-addext", "basicConstraints=critical,CA:FALSE"],
    );
    return { certificate: read("ca.pem"), server: { key: read("server.key"), cert: read("server.pem") } };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
