/**
 * Every simple directive of an NGINX configuration with the blocks around it: `server > location / > proxy_ssl_verify on`.
 *
 * @throws Error when blocks do not end where they should
 */
export function directives(configuration: string): readonly string[] {
  const found: string[] = [];
  const blocks: string[] = [];
  let pending = "";
  for (const line of configuration.split("\n").map((text) => text.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    if (line === "}") {
      if (pending !== "" || blocks.pop() === undefined) throw new Error(`unexpected end of a block after ${pending}`);
      continue;
    }
    pending = pending === "" ? line : `${pending} ${line}`;
    if (pending.endsWith(" {")) {
      blocks.push(pending.slice(0, -2));
      pending = "";
    } else if (pending.endsWith(";")) {
      found.push([...blocks, pending.slice(0, -1)].join(" > "));
      pending = "";
    }
  }
  if (blocks.length > 0 || pending !== "") throw new Error(`${[...blocks, pending].join(" > ")} does not end`);
  return found;
}

const SERVER = "server >";
const STATUS = "server > location = /wallarm-status >";
const PROXY = "server > location / >";

/** Without any one of these a node filters nothing, tells too much, or passes on what is not true; each with what is lost. */
export const REQUIRED: Readonly<Record<string, string>> = {
  [`${SERVER} wallarm_mode block`]: "nothing is filtered",
  [`${SERVER} wallarm_application 7`]: "requests are booked under no application",
  [`${SERVER} wallarm_fallback off`]: "everything passes while there are no rules",
  [`${SERVER} wallarm_parse_websocket on`]: "what WebSockets carry is not looked at",
  [`${SERVER} if (!-e /run/node-registered) > set $closed $comes_from_outside`]:
    "a node that has not registered serves",
  [`${SERVER} if ($closed) > return 503`]: "a node that has not registered serves",
  [`${SERVER} real_ip_header X-Forwarded-For`]: "every client is the load balancer",
  [`${SERVER} real_ip_recursive off`]: "clients choose their address",
  [`${SERVER} set_real_ip_from 10.20.0.0/16`]: "every client is the load balancer",
  [`${SERVER} if ($reserved_for_node) > return 404`]: "anybody reads the node's status",
  [`${SERVER} client_max_body_size 20m`]: "bodies above 1 MB are refused",
  [`${SERVER} large_client_header_buffers 4 32k`]: "headers that the load balancer takes are refused",
  [`${SERVER} keepalive_timeout 75s`]: "the node closes connections that the load balancer still uses",
  [`${SERVER} server_tokens off`]: "the version is told",
  [`${SERVER} access_log /dev/stdout node`]: "the log holds queries",
  [`${SERVER} error_log /dev/stderr error`]: "errors stay in the container",
  [`${SERVER} gzip off`]: "answers are packed again",
  [`${STATUS} wallarm_mode off`]: "health checks are analysed",
  [`${STATUS} wallarm_status on`]: "the target group's health check fails",
  [`${STATUS} disable_acl on`]: "a denylisted load balancer makes its targets unhealthy",
  [`${STATUS} allow 10.20.0.0/16`]: "the target group's health check fails",
  [`${STATUS} allow 127.0.0.0/8`]: "the container's health check fails",
  [`${STATUS} deny all`]: "anybody reads the node's status",
  [`${PROXY} proxy_pass https://protected`]: "nothing is passed on",
  [`${PROXY} proxy_http_version 1.1`]: "neither connections are kept nor WebSockets opened",
  [`${PROXY} proxy_set_header Host $host`]: "the upstream gets the name of an NGINX block",
  [`${PROXY} proxy_set_header X-Forwarded-Host $host`]: "clients choose the name in links",
  [`${PROXY} proxy_set_header X-Forwarded-For $forwarded_for`]: "the chain ends",
  [`${PROXY} proxy_set_header X-Forwarded-Proto $forwarded_proto`]: "clients choose the protocol in links",
  [`${PROXY} proxy_set_header X-Forwarded-Port $forwarded_port`]: "clients choose the port in links",
  [`${PROXY} proxy_set_header X-Real-IP $remote_addr`]: "clients choose their address",
  [`${PROXY} proxy_set_header Forwarded ""`]: "clients choose their address",
  [`${PROXY} proxy_set_header Upgrade $upgrade_to_upstream`]: "no WebSockets",
  [`${PROXY} proxy_set_header Connection $connection_to_upstream`]: "no connection is kept",
  [`${PROXY} proxy_request_buffering on`]: "the beginning of an attack gets through",
  [`${PROXY} proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset`]:
    "answers make requests that nobody filtered",
  [`${PROXY} proxy_buffering off`]: "events are held back",
  [`${PROXY} proxy_buffer_size 32k`]: "large response headers become 502",
  [`${PROXY} proxy_connect_timeout 2s`]: "the load balancer answers first",
  [`${PROXY} proxy_read_timeout 55s`]: "the load balancer answers first",
  [`${PROXY} proxy_send_timeout 55s`]: "the load balancer answers first",
  [`${PROXY} proxy_next_upstream error timeout`]: "what is done twice is NGINX's choice",
  [`${PROXY} proxy_next_upstream_tries 2`]: "every address is tried",
  [`${PROXY} proxy_next_upstream_timeout 4s`]: "a slow answer is asked for twice",
  [`${PROXY} proxy_ssl_verify on`]: "anybody is the upstream",
  [`${PROXY} proxy_ssl_verify_depth 4`]: "longer chains are refused",
  [`${PROXY} proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt`]: "nobody is the upstream",
  [`${PROXY} proxy_ssl_name kong.internal.example.com`]: "the upstream's certificate never matches",
  [`${PROXY} proxy_ssl_server_name on`]: "upstreams with several certificates show the wrong one",
  [`${PROXY} proxy_ssl_protocols TLSv1.2 TLSv1.3`]: "old protocols are spoken",
  "upstream protected > zone protected 256k": "addresses cannot change",
  "upstream protected > resolver @NAMESERVERS@ valid=10s ipv6=off": "names are not resolved",
  "upstream protected > server kong.internal.example.com:443 resolve max_fails=0": "addresses do not change",
  "upstream protected > keepalive 64": "each request is a new connection",
  "upstream protected > keepalive_timeout 4s": "requests meet closed connections",
};

/** What of {@link REQUIRED} a configuration lacks. */
export function missingFrom(configuration: string): readonly string[] {
  const present = new Set(directives(configuration));
  return Object.keys(REQUIRED).filter((directive) => !present.has(directive));
}
