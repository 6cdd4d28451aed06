/** What a row's CPU time is divided by, and how its tables say so. */
export interface Unit {
  cost: string;
  rate: string;
  /** Digits after the point of a cost. */
  digits: number;
}

export const units = {
  request: { cost: 'µs CPU/request', rate: 'requests/s', digits: 1 },
  MB: { cost: 'ms CPU/MB', rate: 'MB/s', digits: 2 },
  handshake: { cost: 'µs CPU/handshake', rate: 'handshakes/s', digits: 0 },
  frame: { cost: 'ms CPU/1,000 frames', rate: 'frames/s', digits: 1 },
} as const satisfies Record<string, Unit>;

/** One kind of traffic that every contestant is measured with. */
export interface Row {
  name: string;
  /** What happens, for the table's heading. */
  title: string;
  /** CPU time per unit of work, memory per connection, or time to an answer. */
  measure: 'cpu' | 'memory' | 'latency';
  protocol: 'http' | 'https' | 'tcp';
  /** Cookie stickiness: each request carries the cookie its client was given. */
  sticky: boolean;
  /** What the load does on its connections. `handshakes` and `resumed` open a new one for each request. */
  traffic: 'requests' | 'uploads' | 'frames' | 'handshakes' | 'resumed';
  /** Asked of the origin: `/` is 1 KB, `/bulk` 10 MB. */
  path: '/' | '/bulk';
  /** Connections the load is made over. */
  connections: number;
  unit: keyof typeof units;
}

/** Measured in one process, without proxies: what a choice of a node costs. */
export interface PickRow {
  name: string;
  title: string;
  measure: 'pick';
}

/** Bytes of the origin's two answers; an upload has as many as the larger one. */
export const answerBytes = { '/': 1024, '/bulk': 10 * 1024 * 1024 } as const;

function row(name: string, title: string, rest: Partial<Row> = {}): Row {
  return {
    name,
    title,
    measure: 'cpu',
    protocol: 'http',
    sticky: false,
    traffic: 'requests',
    path: '/',
    connections: 64,
    unit: 'request',
    ...rest,
  };
}

export const proxyRows: readonly Row[] = [
  row('http', 'HTTP keep-alive: 64 connections, 1 KB answers, round robin'),
  row('http-sticky', 'The same with cookie stickiness: 64 clients, each with its cookie', { sticky: true }),
  row('tls', 'HTTPS keep-alive: 64 connections, 1 KB answers, plain HTTP to the nodes', { protocol: 'https' }),
  row('handshakes', 'TLS 1.3 handshakes: each connection new, one request on it, closed', {
    protocol: 'https',
    traffic: 'handshakes',
    connections: 16,
    unit: 'handshake',
  }),
  row('handshakes-resumed', 'The same with the session of an earlier connection resumed', {
    protocol: 'https',
    traffic: 'resumed',
    connections: 16,
    unit: 'handshake',
  }),
  row('tcp', 'TCP: 64 connections, HTTP requests for 1 KB passed through as bytes', { protocol: 'tcp' }),
  row('ws', 'WebSocket: 64 upgraded connections, 64-byte frames echoed; each way counts as a frame', { traffic: 'frames', unit: 'frame' }),
  row('bulk', 'HTTP bulk down: 8 connections, 10 MB answers', { path: '/bulk', connections: 8, unit: 'MB' }),
  row('bulk-up', 'HTTP bulk up: 8 connections, 10 MB requests', { traffic: 'uploads', connections: 8, unit: 'MB' }),
  row('latency', 'Time to an answer at half of each proxy’s own peak: 256 connections with pauses, 1 KB answers', {
    measure: 'latency',
    connections: 256,
  }),
  row('idle', 'Memory of 5,000 idle keep-alive connections, one request made on each', { measure: 'memory', connections: 5000 }),
];

export const pickRow: PickRow = {
  name: 'pick',
  title: 'A choice among 1,000 nodes over one among 3, in one process, 64 requests in flight',
  measure: 'pick',
};

export const rows: readonly (Row | PickRow)[] = [...proxyRows, pickRow];

/** Whether a row's nodes are the Node program: they read what is sent to them, which nginx answers without waiting for. */
export function needsScriptedOrigin({ traffic }: Row): boolean {
  return traffic === 'uploads' || traffic === 'frames';
}
