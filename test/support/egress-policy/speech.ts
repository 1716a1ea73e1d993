/** What clients and servers say: as few bytes of TLS, HTTP and DNS as a program that reads them takes for it. */

const u8 = (value: number): Buffer => Buffer.from([value]);
const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);

/** A length in front of what it counts. */
function counted(bytes: 1 | 2 | 3, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(body.length, 0, bytes);
  return Buffer.concat([length, body]);
}

const extension = (type: number, ...body: readonly Buffer[]): Buffer => Buffer.concat([u16(type), counted(2, ...body)]);

/** RFC 6066, section 3. */
export const serverName = (name: Buffer | string, type = 0): Buffer =>
  extension(0, counted(2, u8(type), counted(2, Buffer.from(name))));

/** An extension that servers ignore, to make a message longer. */
export const padding = (length: number): Buffer => extension(21, Buffer.alloc(length));

/** A message of TLS 1.3 (RFC 8446, section 4.1.2), not yet in a record. */
export function clientHello(...extensions: readonly Buffer[]): Buffer {
  const versions = extension(43, counted(1, u16(0x0304), u16(0x0303)));
  const groups = extension(10, counted(2, u16(0x001d)));
  const signatures = extension(13, counted(2, u16(0x0403), u16(0x0804)));
  const share = extension(51, counted(2, u16(0x001d), counted(2, Buffer.alloc(32, 7))));
  const body = Buffer.concat([
    u16(0x0303),
    Buffer.alloc(32, 5),
    counted(1, Buffer.alloc(32, 6)),
    counted(2, u16(0x1301), u16(0xc02f)),
    counted(1, u8(0)),
    counted(2, ...extensions, versions, groups, signatures, share),
  ]);
  return Buffer.concat([u8(1), counted(3, body)]);
}

/** RFC 8446, section 4.1.3: by this random a server asks for another hello. */
const ASKS_AGAIN = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";

function serverHello(random: Buffer = Buffer.alloc(32, 8)): Buffer {
  const body = Buffer.concat([
    u16(0x0303),
    random,
    counted(1, Buffer.alloc(32, 6)),
    u16(0x1301),
    u8(0),
    counted(2, extension(43, u16(0x0304)), extension(51, u16(0x001d), counted(2, Buffer.alloc(32, 9)))),
  ]);
  return Buffer.concat([u8(2), counted(3, body)]);
}

/** A record of TLS: 22 is a handshake, 23 is data. */
export const record = (type: number, body: Buffer, version = 0x0301): Buffer =>
  Buffer.concat([u8(type), u16(version), counted(2, body)]);

export const hello = (name?: Buffer | string, ...extensions: readonly Buffer[]): Buffer =>
  record(22, clientHello(...(name === undefined ? [] : [serverName(name)]), ...extensions));

export const helloFromServer = (): Buffer =>
  Buffer.concat([record(22, serverHello(), 0x0303), record(20, u8(1), 0x0303), secret(200)]);

export const retryFromServer = (): Buffer => record(22, serverHello(Buffer.from(ASKS_AGAIN, "hex")), 0x0303);

/** Encrypted data. */
export const secret = (length = 100): Buffer => record(23, Buffer.alloc(length, 0xa5), 0x0303);

/** A request of HTTP; what is given as `host` is sent as it is, in as many lines as it has items. */
export function request(host: string | readonly string[] | undefined, target = "/", version = "HTTP/1.1"): Buffer {
  const hosts = host === undefined ? [] : typeof host === "string" ? [host] : host;
  const lines = [`GET ${target} ${version}`, ...hosts.map((name) => `Host: ${name}`), "User-Agent: test", "", ""];
  return Buffer.from(lines.join("\r\n"), "latin1");
}

export const response = (text = "ok"): Buffer =>
  Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\n\r\n${text}`);

/** A message of DNS (RFC 1035, section 4): a question, or several. */
export function question(...names: readonly string[]): Buffer {
  return message(0x0100, names);
}

/** The answer that there is no such name. */
export function answer(...names: readonly string[]): Buffer {
  return message(0x8183, names);
}

function message(flags: number, names: readonly string[]): Buffer {
  const questions = names.map((name) =>
    Buffer.concat([...name.split(".").map((label) => counted(1, Buffer.from(label, "latin1"))), u8(0), u16(1), u16(1)]),
  );
  return Buffer.concat([u16(0x1234), u16(flags), u16(names.length), u16(0), u16(0), u16(0), ...questions]);
}

/** A message of DNS as TCP carries it. */
export const overTcp = (content: Buffer): Buffer => counted(2, content);
