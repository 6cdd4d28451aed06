const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EADDRNOTAVAIL: 'no local address or port left to connect from',
  EMFILE: 'no file descriptor left to connect with',
  ENFILE: 'no file descriptor left to connect with',
  ENOTFOUND: 'name not found',
  EAI_AGAIN: 'name lookup failed',
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate is self-signed and not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate chain ends in an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate is not signed by a trusted authority',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate is not signed by a trusted authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate is not signed by a trusted authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate is for another name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'does not speak TLS',
  ERR_SSL_HTTP_REQUEST: 'does not speak TLS',
};

/** What went wrong with a connection to a node, in a few plain words; the system's own when there are none. */
export function describeSocketError(error: unknown): string {
  // Several addresses of one name were tried: the first failure stands for all.
  if (error instanceof AggregateError && error.errors.length > 0) return describeSocketError(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return words[code] ?? (error.message || code || 'connection failed');
}
