import { deepStrictEqual as equal, ok, rejects } from "node:assert/strict";
import { randomBytes } from "node:crypto";

import { ask, askDirectly, type Question, upgrade } from "../nginx/client";
import { CLEANED, REFUSED } from "./hostile-requests";
import { callGrpc, sendRaw } from "./raw";
import type { EnvoyTask } from "./task";
import type { Upstream } from "./upstream";
import type { World } from "./world";

/** A task in its world, which a check asks something of. */
export interface Fleet {
  readonly world: World;
  readonly task: EnvoyTask;
}

/** What must hold of a running fleet. Each fails by an assertion. */
export const CHECKS = {
  "every host and path reaches its service": async ({ world }) => {
    const { shop, open, generated, plain } = world.services;
    await reaches(world, shop, "shop.example.com", ["/", "/any/thing?x=1"]);
    await reaches(world, shop, "api.example.com", ["/v1", "/v1/", "/v1/orders", "/v1?x", "/files/", "/files/a.txt"]);
    await reaches(world, open, "open.example.com", ["/"]);
    await reaches(world, generated, "generated.example.com", ["/"]);
    await reaches(world, plain, "a.tenants.example.com", ["/"]);
    await reaches(world, plain, "two.tenants.example.com", ["/x"]);
    await reaches(world, shop, "one.tenants.example.com", ["/"]);
  },

  "a host is the same with a port, a dot or capitals": async ({ world }) => {
    const { shop } = world.services;
    for (const host of ["shop.example.com:443", "shop.example.com:8080", "shop.example.com.", "SHOP.Example.COM"]) {
      await reaches(world, shop, host, ["/"]);
    }
    await reaches(world, shop, "shop.example.com.:443", ["/"]);
  },

  "a host that is not listed is refused": async ({ world }) => {
    const hosts = [
      "example.com",
      "evil.example",
      "tenants.example.com",
      "evilshop.example.com",
      "shop.example.com.evil.example",
      // The services' own names, addresses on the inside, and hosts of the other protocol.
      "shop.internal.test",
      "127.0.4.1",
      "169.254.170.2",
      "localhost",
      "grpc.example.com",
    ];
    for (const host of hosts) await refuses(world, 421, { headers: { Host: host } });
    const { headers, trailers } = await callGrpc(world.grpc, "shop.example.com", "/pkg.Service/Do");
    ok(Number(headers["grpc-status"] ?? trailers["grpc-status"]) > 0);
    equal(world.received, []);
  },

  "a path or method that is not listed is refused": async ({ world }) => {
    const to = { headers: { Host: "api.example.com" } };
    for (const path of ["/", "/v10", "/v1x/y", "/V1", "/files", "/x/v1", "/v1/../v2", "/v1;x"]) {
      await refuses(world, 404, { ...to, path });
    }
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]) {
      equal((await refuses(world, 405, { ...to, path: "/v1/x", method })).headers.allow, "GET, POST");
    }
    await refuses(world, 405, { headers: { Host: "shop.example.com" }, method: "TRACE" });
  },

  "what is decided on is what is sent": async ({ world }) => {
    const { shop } = world.services;
    for (const [path, sent] of [
      ["/v1/../v1/./x", "/v1/x"],
      ["/x/%2e%2e/v1/x", "/v1/x"],
      ["//v1///x", "/v1/x"],
      ["/v1\\x", "/v1/x"],
      ["/v1/%7Euser/%41?q=%2F..%2F", "/v1/~user/A?q=%2F..%2F"],
    ] as const) {
      await reaches(world, shop, "api.example.com", [path], sent);
    }
    for (const path of ["/v1%2f..%2fadmin", "/v1/..%5cadmin", "/v1%00"]) {
      await refuses(world, 400, { headers: { Host: "api.example.com" }, path });
    }
  },

  "requests are signed as the service verifies it": async ({ world }) => {
    const targets = [
      "/",
      "/orders/7?b=2&a=1&a=0&c",
      "/a%20b/%C3%BC/x;y?q=%20&r=%2F~&e=&utf=%C3%BC",
      "/trailing/",
      "/a:b@c/(d)!*'",
      "/x?a=b%3Dc&A=1&%41=0",
    ];
    for (const path of targets) {
      for (const host of ["shop.example.com", "generated.example.com", "a.tenants.example.com"]) {
        world.forget();
        equal((await ask(world.http, { path, headers: { Host: host } })).status, 200);
        const [request] = world.received;
        ok(request !== undefined);
        ok(world.verify(request).startsWith("ASIATEST"));
      }
    }
    world.forget();
    const body = Buffer.alloc(300_000, "body ");
    for (const method of ["POST", "PUT", "PATCH", "PROPFIND"]) {
      const answer = await ask(world.http, { method, body, headers: { Host: "shop.example.com" } });
      ok(answer.body.equals(body));
    }
    equal(world.received.length, 4);
    for (const request of world.received) {
      world.verify(request);
      equal(request.headers.host, "shop.internal.test");
    }
  },

  "a signature is of nothing that may change on the way": async ({ world }) => {
    world.forget();
    await ask(world.http, { headers: { "User-Agent": "a", "X-Own": "b", Cookie: "c=d", Accept: "e" } });
    const authorization = String(world.services.shop.only.headers.authorization);
    ok(authorization.includes("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,"));
  },

  "a client's own proof arrives beside the signature": async ({ world }) => {
    for (const proof of ["Bearer aaa.bbb.ccc", "Basic dXNlcjpwYXNz"]) {
      world.forget();
      await ask(world.http, { headers: { Authorization: proof } });
      const request = world.services.shop.only;
      world.verify(request);
      equal(request.headers["x-client-authorization"], proof);
    }
  },

  "nobody's proof is made up": async ({ world }) => {
    world.forget();
    await ask(world.http, { headers: { "X-Client-Authorization": "Bearer forged" } });
    equal(world.services.shop.only.headers["x-client-authorization"], undefined);
    world.forget();
    await ask(world.http, { headers: { "X-Client-Authorization": "Bearer forged", Authorization: "Bearer own" } });
    equal(world.services.shop.only.headers["x-client-authorization"], "Bearer own");
  },

  "without a signature the client's proof stays where it was": async ({ world }) => {
    world.forget();
    await ask(world.http, {
      headers: { Host: "open.example.com", Authorization: "Bearer own", "X-Client-Authorization": "Bearer forged" },
    });
    const { headers } = world.services.open.only;
    equal(headers.authorization, "Bearer own");
    equal(headers["x-client-authorization"], undefined);
    ok(!Object.keys(headers).some((name) => name.startsWith("x-amz-")), Object.keys(headers).join());
  },

  "what only others may say is taken out": async ({ world }) => {
    const forged = {
      "X-Amz-Date": "20260101T000000Z",
      "X-Amz-Security-Token": "forged",
      "X-Amz-Content-SHA256": "forged",
      "X-Amz-Target": "forged",
      "x-amz-meta-a": "forged",
      "X-Amzn-Lattice-Identity": "forged",
      "X-Amzn-Oidc-Data": "forged",
      "X-Amzn-Oidc-Identity": "forged",
      "X-Amzn-Mtls-Clientcert-Subject": "forged",
      "X-Envoy-Retry-On": "forged",
      "X-Envoy-Upstream-Rq-Timeout-Ms": "1",
      "X-Envoy-Original-Host": "forged",
      "X-Envoy-Internal": "true",
      "X-Forwarded-Host": "forged",
      "X-Forwarded-Server": "forged",
      "X-Forwarded-User": "forged",
      "X-Forwarded-Prefix": "/forged",
      "X-Forwarded-Client-Cert": "forged",
      "X-Forwarded-Authorization": "forged",
      "X-Forwarded-Fork": "forged",
      "X-Forwarded-F": "forged",
      "X-Forwarded-Protocol": "forged",
      "X-Real-Ip": "forged",
      Forwarded: "for=forged",
    };
    for (const [host, service] of [
      ["shop.example.com", world.services.shop],
      ["open.example.com", world.services.open],
    ] as const) {
      world.forget();
      const kept = { "X-Own": "own", "X-Amzn-Trace-Id": "Root=1-2-3", "X-Forwarded-Proto": "https" };
      await ask(world.http, { headers: { ...forged, ...kept, Host: host } });
      const { headers, rawHeaders } = service.only;
      ok(!rawHeaders.some((text) => text.includes("forged")), rawHeaders.join());
      ok(!Object.keys(headers).some((name) => name.startsWith("x-envoy-")), Object.keys(headers).join());
      equal(headers["x-forwarded-host"], host);
      equal(headers["x-own"], "own");
      equal(headers["x-amzn-trace-id"], "Root=1-2-3");
      equal([headers["x-forwarded-proto"], headers["x-forwarded-port"]], ["https", "443"]);
    }
  },

  "the client's address arrives, and the log has the right one": async ({ world, task }) => {
    world.forget();
    const trace = newTrace();
    await ask(world.http, {
      headers: { "X-Forwarded-For": "10.0.0.1, 127.0.0.1, 198.51.100.7", "X-Amzn-Trace-Id": trace },
    });
    equal(world.services.shop.only.headers["x-forwarded-for"], "10.0.0.1, 127.0.0.1, 198.51.100.7,127.10.0.9");
    const [line] = await task.logged(trace, 1);
    equal([line?.client, line?.host, line?.status], ["198.51.100.7", "shop.example.com", 200]);
  },

  "upgrades are refused, and say why": async ({ world }) => {
    for (const protocol of ["websocket", "anything"]) {
      world.forget();
      equal(await upgrade(world.http, protocol), 400);
      equal(world.received, []);
    }
    const headers = { Connection: "Upgrade", Upgrade: "websocket" };
    ok(String((await ask(world.http, { headers })).body).includes("WebSocket"));
  },

  "requests that could be read in two ways are refused": async ({ world }) => {
    for (const [name, text] of Object.entries(REFUSED)) {
      world.forget();
      const statuses = await sendRaw(world.http, text);
      const [first = 0] = statuses;
      // Silence is a refusal too, as long as nobody else hears anything.
      ok(statuses.length <= 1 && (first === 0 || first >= 400), `${name} was answered with ${statuses.join()}`);
      equal(world.received, [], `${name} reached a service`);
    }
  },

  "requests that are only unusual arrive as one, and clean": async ({ world }) => {
    for (const [name, text] of Object.entries(CLEANED)) {
      world.forget();
      equal(await sendRaw(world.http, text), [200], name);
      const request = world.services.shop.only;
      world.verify(request);
      const hidden = ["x-amz-hidden", "upgrade", "http2-settings"].filter((header) => header in request.headers);
      equal(hidden, [], name);
      ok(!request.target.includes("\r") && !request.target.includes("smuggled"), name);
    }
  },

  "services are who they say, and are asked in the right language": async ({ world }) => {
    world.forget();
    await ask(world.http, { headers: { Host: "generated.example.com", Connection: "close" } });
    for (const session of world.services.generated.sessions) equal(session, "gen-0a1b2c.7d67968.lattice.test http/1.1");
    equal(world.services.generated.only.version, "1.1");
    for (const host of ["liar.example.com", "stranger.example.com"]) {
      const { body } = await refuses(world, 503, { headers: { Host: host } });
      // Addresses and certificates behind the fleet are nobody's business in front of it.
      equal(String(body), "The service gave no answer\n");
    }
  },

  "a service that cannot be found keeps nobody else from theirs": async ({ world }) => {
    await refuses(world, 503, { headers: { Host: "nowhere.example.com" } });
  },

  "only what may be repeated is": async ({ world }) => {
    const { shop } = world.services;
    for (const path of ["/status-once/503", "/status-once/502", "/hang-up-once"]) {
      for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]) {
        world.forget();
        equal((await ask(world.http, { method, path })).status, 200, `${method} ${path}`);
        equal(shop.received.length, 2, `${method} ${path}`);
        // Each is signed on its own, or the second would carry the first one's.
        for (const request of shop.received) world.verify(request);
      }
      for (const method of ["POST", "PATCH", "LOCK"]) {
        world.forget();
        ok((await ask(world.http, { method, path, body: Buffer.from("1") })).status >= 502);
        equal(shop.received.length, 1, `${method} ${path}`);
      }
    }
    for (const path of ["/status/500", "/status/504", "/status/429", "/status/404"]) {
      world.forget();
      equal((await ask(world.http, { path })).status, Number(path.slice(-3)));
      equal(shop.received.length, 1, path);
    }
    world.forget();
    equal((await ask(world.http, { path: "/status/503" })).status, 503);
    equal(shop.received.length, 2);
    world.forget();
    equal((await ask(world.http, { path: "/status/503", headers: { Host: "once.example.com" } })).status, 503);
    equal(shop.received.length, 1);
  },

  "a repeated request brings the client's own proof": async ({ world }) => {
    world.forget();
    await ask(world.http, { path: "/status-once/503", headers: { Authorization: "Bearer own" } });
    equal(
      world.services.shop.received.map(({ headers }) => headers["x-client-authorization"]),
      ["Bearer own", "Bearer own"],
    );
  },

  "silence ends, and what goes on is not cut off": async ({ world }) => {
    world.forget();
    const headers = { Host: "brief.example.com" };
    const began = Date.now();
    equal((await ask(world.http, { path: "/silent", headers })).status, 504);
    const took = Date.now() - began;
    ok(took > 900 && took < 2_500, `the answer took ${took} ms`);
    equal(world.services.shop.received.length, 1);
    const drip = await ask(world.http, { path: "/drip", headers });
    equal(String(drip.body), "0\n1\n2\n3\n4\n");
  },

  "gRPC arrives by HTTP/2, signed, and with its trailers": async ({ world }) => {
    world.forget();
    const headers = { authorization: "Bearer own", "x-amz-date": "forged", "x-client-authorization": "forged" };
    const answer = await callGrpc(world.grpc, "grpc.example.com", "/pkg.Service/Do", { headers, body: "message" });
    equal(answer.body, "message");
    equal([answer.trailers["grpc-status"], answer.trailers["grpc-message"]], ["0", "as asked"]);
    const request = world.services.grpc.only;
    equal([request.version, request.target], ["2.0", "/pkg.Service/Do"]);
    world.verify(request);
    equal(request.headers["x-client-authorization"], "Bearer own");
    equal(request.headers.te, "trailers");
    for (const session of world.services.grpc.sessions) equal(session, "grpc.internal.test h2");
    world.forget();
    await callGrpc(world.grpc, "grpc.example.com", "/pkg.Service/status-once/503");
    equal(world.services.grpc.received.length, 1);
  },

  "health is told to load balancers of either kind": async ({ world }) => {
    equal((await askDirectly(world.health, { path: "/healthz" })).status, 200);
    equal((await askDirectly(world.health, { path: "/" })).status, 404);
    const { headers } = await callGrpc(world.health, "127.0.0.1", "/grpc.health.v1.Health/Check");
    equal([headers[":status"], headers["grpc-status"]], [200, "0"]);
    await refuses(world, 421, { path: "/healthz", headers: { Host: "127.0.0.1" } });
  },

  "nobody but the task itself administers it, and it not much": async ({ world }) => {
    // Every other listener is reached at every address.
    equal((await fetch(`http://127.0.0.2:${world.health}/healthz`)).status, 200);
    await rejects(fetch(`http://127.0.0.2:${world.admin}/stats`));
    equal((await askDirectly(world.admin, { path: "/stats/prometheus" })).status, 200);
    for (const path of [
      "/",
      "/config_dump",
      "/certs",
      "/clusters",
      "/server_info",
      "/memory",
      "/logging?level=debug",
    ]) {
      equal((await askDirectly(world.admin, { path })).status, 403, path);
    }
    for (const path of ["/quitquitquit", "/healthcheck/ok", "/logging?level=trace", "/runtime_modify?a=b"]) {
      equal((await askDirectly(world.admin, { method: "POST", path })).status, 403, path);
    }
  },

  "no secret stands in any log": async ({ world, task }) => {
    const trace = newTrace();
    const secrets = ["bearer-secret", "cookie-secret", "query-secret", "own-secret"];
    const [bearer = "", cookie = "", query = "", own = ""] = secrets;
    const headers = {
      ...{ Authorization: `Bearer ${bearer}`, Cookie: `a=${cookie}`, "X-Own": own },
      "X-Amzn-Trace-Id": trace,
    };
    for (const [host, path] of [
      ["shop.example.com", `/a?token=${query}`],
      ["open.example.com", `/a?token=${query}`],
      ["evil.example", `/a?token=${query}`],
      ["liar.example.com", `/a?token=${query}`],
      ["shop.example.com", `/a%2f?token=${query}`],
      ["shop.example.com", `/status/500?token=${query}`],
    ] as const) {
      await ask(world.http, { path, headers: { ...headers, Host: host } });
    }
    const paths = (await task.logged(trace, 6)).map(({ path }) => path);
    equal(paths, ["/a", "/a", "/a", "/a", "/a/", "/status/500"]);
    for (const secret of [
      ...secrets,
      ...world.credentials.secrets,
      "secret-of-the-answer",
      "AWS4-HMAC",
      "Signature=",
    ]) {
      ok(!task.output.includes(secret), `the log has ${secret}`);
    }
  },
} satisfies Record<string, (fleet: Fleet) => Promise<void>>;

export type CheckName = keyof typeof CHECKS;

/** Marks the lines of a log that a check looks at. */
function newTrace(): string {
  return `Root=1-${randomBytes(12).toString("hex")}`;
}

async function reaches(
  world: World,
  service: Upstream,
  host: string,
  paths: readonly string[],
  sent?: string,
): Promise<void> {
  for (const path of paths) {
    world.forget();
    const { status } = await ask(world.http, { path, headers: { Host: host } });
    equal(status, 200, `${host}${path}`);
    equal(service.only.target, sent ?? path, host);
  }
}

async function refuses(world: World, status: number, question: Question): ReturnType<typeof ask> {
  world.forget();
  const answer = await ask(world.http, question);
  equal(answer.status, status, JSON.stringify(question));
  equal(world.received, [], JSON.stringify(question));
  return answer;
}
