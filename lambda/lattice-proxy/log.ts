import type { LogRecord } from "./contract";
import { type ProxyRequest, valuesOf } from "./message";

/** Takes one line of output, without its line break. */
export type WriteLine = (line: string) => void;

/** What a request says about itself. */
export function describeRequest(request: ProxyRequest): Partial<LogRecord> {
  const { client, method, path, protocol, body, headers, id } = request;
  return {
    client,
    method,
    path,
    protocol,
    bytes_received: body.length,
    user_agent: valuesOf(headers, "user-agent")[0],
    trace: valuesOf(headers, "x-amzn-trace-id")[0],
    request_id: id,
  };
}

/** Writes one record as a line; what is not known does not stand in it. */
export function writeRecord(write: WriteLine, record: LogRecord): void {
  write(JSON.stringify(record));
}
