import type { CheckName } from "./checks";

/** A fault in the configuration, and the check that must notice it. */
export interface Mutant {
  readonly name: string;
  /** Text of the configuration; every place that has it is changed. */
  readonly find: string;
  readonly replace: string;
  readonly breaks: CheckName;
}

/** Faults that somebody could make, one for each check that looks at the configuration. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "passes unknown hosts on to the first service",
    find: '"direct_response":{"status":421,"body":{"inline_string":"No such host here\\n"}}',
    replace: '"route":{"cluster":"shop.example.com"}',
    breaks: "a host that is not listed is refused",
  },
  {
    name: "takes every beginning of a path for the path",
    find: '"path_separated_prefix":',
    replace: '"prefix":',
    breaks: "a path or method that is not listed is refused",
  },
  {
    name: "lets TRACE through",
    find: '"regex":"TRACE"',
    replace: '"regex":"NONE"',
    breaks: "a path or method that is not listed is refused",
  },
  {
    name: "knows no host with a dot",
    find: '"strip_trailing_host_dot":true',
    replace: '"strip_trailing_host_dot":false',
    breaks: "a host is the same with a port, a dot or capitals",
  },
  {
    name: "keeps encoded slashes",
    find: '"path_with_escaped_slashes_action":"REJECT_REQUEST"',
    replace: '"path_with_escaped_slashes_action":"KEEP_UNCHANGED"',
    breaks: "what is decided on is what is sent",
  },
  {
    name: "decides on a path before it is normalised",
    find: '"normalize_path":true',
    replace: '"normalize_path":false',
    breaks: "what is decided on is what is sent",
  },
  {
    name: "signs the body",
    find: '"use_unsigned_payload":true',
    replace: '"use_unsigned_payload":false',
    breaks: "requests are signed as the service verifies it",
  },
  {
    name: "signs for another region",
    find: '"region":"eu-central-1"',
    replace: '"region":"eu-west-1"',
    breaks: "requests are signed as the service verifies it",
  },
  {
    name: "signs for another service of AWS",
    find: '"service_name":"vpc-lattice-svcs"',
    replace: '"service_name":"vpc-lattice"',
    breaks: "requests are signed as the service verifies it",
  },
  {
    name: "signs every header",
    find: '"match_included_headers":[{"exact":"host"},{"prefix":"x-amz-"}],',
    replace: "",
    breaks: "a signature is of nothing that may change on the way",
  },
  {
    name: "signs what is not to be signed",
    find: ',"http_filters":[{"name":"envoy.filters.http.upstream_codec","typed_config":{"@type":"type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec"}}]}',
    replace: "}",
    breaks: "without a signature the client's proof stays where it was",
  },
  {
    name: "forgets the client's own proof",
    find: "%REQ(authorization)%",
    replace: "%REQ(x-nothing)%",
    breaks: "a client's own proof arrives beside the signature",
  },
  {
    name: "believes in a proof that only the fleet may bring",
    find: '{"remove_on_match":{"key_matcher":{"exact":"x-client-authorization"}}}',
    replace: '{"remove":"x-nothing"}',
    breaks: "nobody's proof is made up",
  },
  {
    name: "passes headers of the signature on",
    find: '{"remove_on_match":{"key_matcher":{"prefix":"x-amz-"}}}',
    replace: '{"remove":"x-nothing"}',
    breaks: "what only others may say is taken out",
  },
  {
    name: "lets a client forward for others",
    find: "x-forwarded-([^fp].*)?",
    replace: "x-nothing",
    breaks: "what only others may say is taken out",
  },
  {
    name: "believes who comes nearest to be the client",
    find: '"xff_num_trusted_hops":1',
    replace: '"xff_num_trusted_hops":0',
    breaks: "the client's address arrives, and the log has the right one",
  },
  {
    name: "does not explain why there is no upgrade",
    find: '"status_code":400',
    replace: '"status_code":403',
    breaks: "upgrades are refused, and say why",
  },
  {
    name: "takes headers with underscores",
    find: '"headers_with_underscores_action":"REJECT_REQUEST"',
    replace: '"headers_with_underscores_action":"ALLOW"',
    breaks: "requests that could be read in two ways are refused",
  },
  {
    name: "takes a length beside chunks",
    find: '"http2_protocol_options":{"max_concurrent_streams"',
    replace: '"http_protocol_options":{"allow_chunked_length":true},"http2_protocol_options":{"max_concurrent_streams"',
    breaks: "requests that could be read in two ways are refused",
  },
  {
    name: "believes any name in a certificate",
    find: ',"match_typed_subject_alt_names":[{"san_type":"DNS","matcher":{"exact":"liar.internal.test"}}]',
    replace: "",
    breaks: "services are who they say, and are asked in the right language",
  },
  {
    name: "tells clients about certificates behind it",
    find: '"inline_string":"The service gave no answer\\n"',
    replace: '"inline_string":"%UPSTREAM_TRANSPORT_FAILURE_REASON%"',
    breaks: "services are who they say, and are asked in the right language",
  },
  {
    name: "repeats what must not be done twice",
    find: ',"retriable_request_headers":[{"name":":method","string_match":{"safe_regex":{"regex":"GET|HEAD|OPTIONS|PUT|DELETE"}}}]',
    replace: "",
    breaks: "only what may be repeated is",
  },
  {
    name: "waits for ever",
    find: '"idle_timeout":"1s"',
    replace: '"idle_timeout":"4s"',
    breaks: "silence ends, and what goes on is not cut off",
  },
  {
    name: "gives an answer that goes on no more time than silence",
    find: '"timeout":"0s","idle_timeout":"1s"',
    replace: '"timeout":"1s","idle_timeout":"1s"',
    breaks: "silence ends, and what goes on is not cut off",
  },
  {
    name: "asks for gRPC by HTTP/1.1",
    find: '"explicit_http_config":{"http2_protocol_options":{}}',
    replace: '"explicit_http_config":{"http_protocol_options":{}}',
    breaks: "gRPC arrives by HTTP/2, signed, and with its trailers",
  },
  {
    name: "tells gRPC's health checks nothing that they know",
    find: '"append_action":"OVERWRITE_IF_EXISTS_OR_ADD"}]}]}',
    replace: '"append_action":"OVERWRITE_IF_EXISTS"}]}]}',
    breaks: "health is told to load balancers of either kind",
  },
  {
    name: "lets everybody in the network administer it",
    find: '"address":"127.0.0.1"',
    replace: '"address":"0.0.0.0"',
    breaks: "nobody but the task itself administers it, and it not much",
  },
  {
    name: "lets its administration tell everything",
    find: '"allow_paths":[',
    replace: '"allow_paths":[{"prefix":"/"},',
    breaks: "nobody but the task itself administers it, and it not much",
  },
  {
    name: "logs queries",
    find: "%PATH(NQ:PATH)%",
    replace: "%PATH(WQ:PATH)%",
    breaks: "no secret stands in any log",
  },
  {
    name: "logs what clients prove themselves with",
    find: "%REQ(USER-AGENT)%",
    replace: "%REQ(X-CLIENT-AUTHORIZATION)%",
    breaks: "no secret stands in any log",
  },
];

/** @throws Error when the configuration has no such text: then nothing would be changed */
export function mutate(configuration: string, { name, find, replace }: Mutant): string {
  if (!configuration.includes(find)) throw new Error(`mutant "${name}": the configuration has no ${find}`);
  return configuration.replaceAll(find, () => replace);
}
