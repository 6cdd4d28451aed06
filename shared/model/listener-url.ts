/** Where a client on this machine connects to for `address`, "host:port" as a listener is bound: a wildcard binds, but is no destination. */
export function connectableAddress(address: string): string {
  return address.replace(/^(0\.0\.0\.0|\*)(?=:\d+$)/, '127.0.0.1').replace(/^\[::\](?=:)/, '[::1]');
}

/** What a client on this machine reaches a listener by: a URL a browser takes, or host and port for tcp. */
export function listenerUrl({ protocol, address }: { protocol: string; address: string }): string {
  const at = connectableAddress(address);
  return protocol === 'tcp' ? at : `${protocol}://${at}/`;
}
