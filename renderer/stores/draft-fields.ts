/** How a field of the configuration is called, shown and edited. Keys are paths without indexes. */
export interface FieldInfo {
  /** Beside the control. */
  label: string;
  /** In a list of changes, lower case: "failures". Default: the label in lower case. */
  word?: string;
  unit?: string;
  /** Stored units in one shown: 1,000 for milliseconds edited in seconds. */
  scale?: number;
  /** What the values of a choice are called. */
  values?: Record<string, string>;
  /** A number that is a name, such as a port: written without separators. */
  ungrouped?: boolean;
}

const seconds = (label: string, word?: string): FieldInfo => ({ label, unit: 's', scale: 1000, ...(word ? { word } : {}) });

export const algorithmNames = {
  roundrobin: 'Round robin',
  leastconn: 'Least connections',
  source: 'Source address',
  random2: 'Random of two',
};
export const stickinessNames = { none: 'Off', table: 'By address', http_cookie: 'By cookie' };
export const checkNames = { none: 'None', connection: 'Connection', http: 'HTTP', http_body: 'HTTP and body' };
export const modeNames = { accept: 'Accept', drain: 'Drain', backup: 'Backup', reject: 'Reject' };
export const protocolNames = { http: 'HTTP', https: 'HTTPS', tcp: 'TCP' };
export const proxyProtocolNames = { none: 'Off', v1: 'Version 1 (text)', v2: 'Version 2 (binary)' };
export const tlsProfileNames = { recommended: 'Recommended', legacy: 'Legacy' };

const fields: Record<string, FieldInfo> = {
  'pools.name': { label: 'Name' },
  'pools.algorithm': { label: 'Algorithm', values: algorithmNames },
  'pools.stickiness': { label: 'Stickiness' },
  'pools.stickiness.type': { label: 'Stickiness', values: stickinessNames },
  'pools.stickiness.ttlMs': { label: 'An entry lasts', word: 'stickiness lasts', unit: 'min', scale: 60_000 },
  'pools.stickiness.maxEntries': { label: 'Remember at most', word: 'remembered clients', unit: 'clients' },
  'pools.stickiness.cookieName': { label: 'Cookie name' },
  'pools.healthCheck': { label: 'Health check' },
  'pools.healthCheck.type': { label: 'Check', values: checkNames },
  'pools.healthCheck.path': { label: 'Path', word: 'check path' },
  'pools.healthCheck.host': { label: 'Host', word: 'check host' },
  'pools.healthCheck.port': { label: 'Port', word: 'check port', ungrouped: true },
  'pools.healthCheck.method': {
    label: 'Method',
    word: 'check method',
    values: { GET: 'GET', HEAD: 'HEAD', OPTIONS: 'OPTIONS', POST: 'POST' },
  },
  'pools.healthCheck.intervalMs': seconds('Interval'),
  'pools.healthCheck.timeoutMs': seconds('Timeout', 'check timeout'),
  'pools.healthCheck.attempts': { label: 'Failures to go down', word: 'failures', unit: 'checks' },
  'pools.healthCheck.rise': { label: 'Passes to come back', word: 'passes', unit: 'checks' },
  'pools.healthCheck.expectStatus': { label: 'Healthy statuses' },
  'pools.healthCheck.bodyPattern': { label: 'Body must match', word: 'body pattern' },
  'pools.passiveCheck.enabled': { label: 'Watch live traffic', word: 'watching live traffic' },
  'pools.passiveCheck.errors': { label: 'Errors to go down', word: 'live errors', unit: 'errors' },
  'pools.passiveCheck.windowMs': seconds('Within', 'live window'),
  'pools.proxyProtocol': { label: 'PROXY protocol to nodes', values: proxyProtocolNames },
  'pools.retries': { label: 'Retries', unit: 'times' },
  'pools.slowStartMs': seconds('Slow start'),
  'pools.keepLastNode': { label: 'Keep the last node', word: 'keeping the last node' },
  'pools.timeouts.connectMs': seconds('Connect', 'connect timeout'),
  'pools.timeouts.responseMs': seconds('Answer', 'answer timeout'),
  'pools.nodes.label': { label: 'Name' },
  'pools.nodes.address': { label: 'Address' },
  'pools.nodes.weight': { label: 'Weight' },
  'pools.nodes.mode': { label: 'Mode', values: modeNames },
  'pools.nodes.maxConnections': { label: 'Connections at most', word: 'connections at most' },
  'pools.nodes.tls': { label: 'TLS to the node', word: 'TLS' },
  'pools.nodes.tls.serverName': { label: 'Server name', word: 'TLS server name' },
  'pools.nodes.tls.verify': { label: 'Verify the certificate', word: 'TLS verification' },
  'pools.nodes.tls.caFile': { label: 'Authority file' },
  'pools.nodes.tls.caPem': { label: 'Authority (PEM)', word: 'authority' },
  'listeners.name': { label: 'Name' },
  'listeners.enabled': { label: 'Open', word: 'open' },
  'listeners.host': { label: 'Reachable from', word: 'address' },
  'listeners.port': { label: 'Port', ungrouped: true },
  'listeners.protocol': { label: 'Protocol', values: protocolNames },
  'listeners.pool': { label: 'Pool' },
  'listeners.certificates': { label: 'Certificates' },
  'listeners.tlsProfile': { label: 'TLS versions', values: tlsProfileNames },
  'listeners.acceptProxyProtocolFrom': { label: 'Accept the PROXY protocol from', word: 'PROXY peers' },
  'listeners.trustForwarded': { label: 'Believe forwarded headers', word: 'believing forwarded headers' },
  'listeners.connectionThrottle': { label: 'Throttle', unit: 'per s' },
  'listeners.maxConnections': { label: 'Connections at most', word: 'connections at most' },
  'listeners.maxHeadBytes': { label: 'Request head at most', word: 'request head at most', unit: 'bytes' },
  'listeners.maxHeaders': { label: 'Header fields at most', word: 'header fields at most' },
  'listeners.timeouts.requestHeadMs': seconds('Request head', 'head timeout'),
  'listeners.timeouts.idleMs': seconds('Idle', 'idle timeout'),
  'listeners.timeouts.tunnelIdleMs': seconds('Idle WebSocket', 'idle WebSocket timeout'),
  'listeners.timeouts.drainMs': seconds('Drain', 'drain timeout'),
  'certificates.name': { label: 'Name' },
  'certificates.certFile': { label: 'Certificate file' },
  'certificates.keyFile': { label: 'Key file' },
  'certificates.certPem': { label: 'Certificate (PEM)', word: 'certificate' },
  'certificates.keyPem': { label: 'Key (PEM)', word: 'key' },
};

/** `pools[0].nodes[2].weight` → `pools.nodes.weight`. */
export function fieldKey(path: string): string {
  return path.replace(/\[\d+\]/g, '');
}

/** What is known of a field; a field not named here is called by its key. */
export function fieldInfo(path: string): FieldInfo {
  const key = fieldKey(path);
  return fields[key] ?? { label: key.slice(key.lastIndexOf('.') + 1) };
}

/** The field's name in a list of changes. */
export function fieldWord(path: string): string {
  const info = fieldInfo(path);
  return info.word ?? info.label[0]!.toLowerCase() + info.label.slice(1);
}
