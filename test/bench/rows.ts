/** One kind of traffic that every contestant is measured with. */
export interface Row {
  name: string;
  /** What happens, for the table's heading. */
  title: string;
  protocol: 'http' | 'https' | 'tcp';
  /** Cookie stickiness: each request carries the cookie its client was given. */
  sticky: boolean;
  /** Asked of the origin: `/` is 1 KB, `/bulk` 10 MB. */
  path: string;
  /** Keep-alive connections the load is made over. */
  connections: number;
  /** What CPU time is divided by. */
  unit: 'request' | 'MB';
}

/** Bytes of the origin's two answers. */
export const answerBytes = { '/': 1024, '/bulk': 10 * 1024 * 1024 } as const;

export const rows: readonly Row[] = [
  {
    name: 'http',
    title: 'HTTP keep-alive: 64 connections, 1 KB answers, round robin',
    protocol: 'http',
    sticky: false,
    path: '/',
    connections: 64,
    unit: 'request',
  },
  {
    name: 'http-sticky',
    title: 'The same with cookie stickiness: 64 clients, each with its cookie',
    protocol: 'http',
    sticky: true,
    path: '/',
    connections: 64,
    unit: 'request',
  },
  {
    name: 'tls',
    title: 'HTTPS keep-alive: 64 connections, 1 KB answers, plain HTTP to the nodes',
    protocol: 'https',
    sticky: false,
    path: '/',
    connections: 64,
    unit: 'request',
  },
  {
    name: 'tcp',
    title: 'TCP: 64 connections, HTTP requests for 1 KB passed through as bytes',
    protocol: 'tcp',
    sticky: false,
    path: '/',
    connections: 64,
    unit: 'request',
  },
  {
    name: 'bulk',
    title: 'HTTP bulk: 8 connections, 10 MB answers',
    protocol: 'http',
    sticky: false,
    path: '/bulk',
    connections: 8,
    unit: 'MB',
  },
];
