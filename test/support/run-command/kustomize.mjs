// What `kubectl kustomize <folder>` does with a remote resource, as far as it shows: fetches it as Go's client does, with the
// certificates of SSL_CERT_FILE, following redirects; a fault is told in kustomize's words, which hide the HTTP status.
import { readFileSync } from "node:fs";
import { get as getPlain } from "node:http";
import { get } from "node:https";
import { join } from "node:path";

const [url] = JSON.parse(readFileSync(join(process.argv[2], "kustomization.yaml"), "utf8").replace("resources: ", ""));
const { SSL_CERT_FILE, HTTP_PROXY } = process.env;
const ca = SSL_CERT_FILE === undefined ? undefined : readFileSync(SSL_CERT_FILE);

function fail(fault) {
  console.error(
    `accumulating resources: accumulation err='accumulating resources from '${url}': ${fault}': no 'git' program on path`,
  );
  process.exit(1);
}

function fetch(address) {
  const answer = (response) => {
    if (response.statusCode >= 300 && response.statusCode < 400) {
      response.destroy();
      return fetch(response.headers.location);
    }
    if (response.statusCode !== 200) fail("URL is a git repository");
    let text = "";
    response.setEncoding("utf8").on("data", (part) => (text += part));
    response.on("end", () => (text.includes("kind:") ? console.log(text) : fail("missing Resource metadata")));
  };
  // Go would not ask a proxy about this very machine, which is where tests have their servers.
  if (address.startsWith("http:") && HTTP_PROXY !== undefined)
    fail(`Get "${address}": proxyconnect tcp: connection refused`);
  const request = address.startsWith("https:") ? get(address, { ca }, answer) : getPlain(address, answer);
  request.on("error", ({ code, message }) => {
    const certificate = /certificate|CERT|altnames/i.test(`${code} ${message}`);
    fail(`Get "${address}": ${certificate ? "tls: failed to verify certificate: x509: " : ""}${message}`);
  });
}

fetch(url);
