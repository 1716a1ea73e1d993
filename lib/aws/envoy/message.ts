/** A message of Envoy's configuration, in the JSON form of protocol buffers. */
export type Message = Readonly<Record<string, unknown>>;

/** A message that says of which type it is, as Envoy wants where it takes several. */
export function typed(type: string, message: Message = {}): Message {
  return { "@type": `type.googleapis.com/${type}`, ...message };
}

/** An extension of Envoy by its name, type and configuration. */
export function extension(name: string, type: string, message: Message = {}): Message {
  return { name, typed_config: typed(type, message) };
}

/** A duration as protocol buffers write it. */
export function seconds(duration: number): string {
  return `${duration}s`;
}
