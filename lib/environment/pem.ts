import { X509Certificate } from "node:crypto";

/** RFC 7468, section 5: one certificate in text. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Whether a text is one certificate or several, and nothing else. */
export function isCertificates(text: string): boolean {
  return text.trim() !== "" && withoutCertificates(text).trim() === "";
}

/** What a text holds besides certificates. What only looks like one stays. */
export function withoutCertificates(text: string): string {
  return text.replaceAll(CERTIFICATE, (block) => (isCertificate(block) ? "" : block));
}

function isCertificate(block: string): boolean {
  try {
    new X509Certificate(block);
    return true;
  } catch {
    return false;
  }
}
