import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportHaproxy } from '../../electron/control/interchange/haproxy-export.ts';
import { importHaproxy } from '../../electron/control/interchange/haproxy-import.ts';
import { parseHostPort } from '../../shared/model/address.ts';
import type { Config, NodeConfig, PoolConfig } from '../../shared/model/config.ts';
import { parseConfig } from '../../shared/model/validate.ts';
import { arbitraryConfig } from './arbitrary-config.ts';

function whole(raw: unknown): Config {
  const { config, issues } = parseConfig(raw);
  if (!config) throw new Error(JSON.stringify(issues));
  return config;
}

/** What of a node haproxy.cfg can say. */
function nodeMeaning(node: NodeConfig): unknown {
  const address = parseHostPort(node.address);
  const host = typeof address === 'string' ? '' : address.host;
  const tls = node.tls === true ? { verify: true } : node.tls;
  const name = tls === false ? undefined : tls.serverName;
  return {
    id: node.id,
    address: node.address,
    // A drain is a weight of 0, so the weight it had is gone.
    weight: node.mode === 'drain' ? 0 : node.weight,
    mode: node.mode,
    maxConnections: node.maxConnections,
    // Names that are none, and addresses, cannot be told to HAProxy.
    tls:
      tls === false
        ? false
        : { verify: tls.verify, serverName: name !== undefined && /^[a-z][a-z.]*$/.test(name) && name !== host ? name : undefined },
  };
}

/** What of a pool haproxy.cfg can say, each field in one spelling. */
function poolMeaning(pool: PoolConfig, isTcp: boolean, used: boolean): unknown {
  const { stickiness: s, healthCheck: c } = pool;
  const times = { intervalMs: c.intervalMs, timeoutMs: c.timeoutMs, attempts: c.attempts, rise: c.rise, port: c.port };
  const http = { ...times, path: c.path, host: c.host, method: c.method, expectStatus: c.expectStatus.replace(/\s/g, '') };
  // Without nodes there is nothing a check or a cookie could be said of; without a listener nobody's timeouts are.
  const checked =
    pool.nodes.length === 0
      ? {}
      : c.type === 'none' || c.type === 'connection'
        ? { type: c.type, ...(c.type === 'none' ? {} : times) }
        : { type: 'http', ...http };
  return {
    id: pool.id,
    name: pool.name,
    nodes: pool.nodes.map(nodeMeaning),
    ...(pool.nodes.length === 0
      ? {}
      : {
          algorithm: pool.algorithm,
          stickiness:
            s.type === 'table'
              ? { type: s.type, ttlMs: s.ttlMs, maxEntries: s.maxEntries }
              : s.type === 'none' || isTcp
                ? { type: 'none' }
                : { type: s.type, cookieName: s.cookieName },
          check: checked,
          passive: c.type !== 'none' && pool.passiveCheck.enabled ? pool.passiveCheck.errors : 0,
          proxyProtocol: pool.proxyProtocol,
          retries: pool.retries,
          slowStartMs: pool.slowStartMs,
          connectMs: pool.timeouts.connectMs,
          responseMs: isTcp || !used ? 0 : pool.timeouts.responseMs,
        }),
  };
}

function meaning(config: Config): unknown {
  const http = config.listeners.filter((l) => l.protocol !== 'tcp');
  const drainMs = Math.max(...config.listeners.map((l) => l.timeouts.drainMs));
  return {
    listeners: config.listeners.map((l) => {
      const tcp = l.protocol === 'tcp';
      const mates = http.filter((other) => other.pool === l.pool);
      return {
        ...{ id: l.id, name: l.name, enabled: l.enabled, host: l.host, port: l.port, protocol: l.protocol, pool: l.pool },
        ...{ certificates: l.certificates.length, tlsProfile: l.protocol === 'https' ? l.tlsProfile : 'recommended' },
        ...{
          peers: l.acceptProxyProtocolFrom,
          throttle: l.connectionThrottle,
          maxConnections: l.maxConnections,
          idleMs: l.timeouts.idleMs,
        },
        // One for all of them.
        drainMs: drainMs > 0 ? drainMs : 'default',
        ...(tcp
          ? {}
          : {
              trust: l.trustForwarded,
              requestHeadMs: l.timeouts.requestHeadMs,
              heads: [l.maxHeadBytes, l.maxHeaders],
              tunnelIdleMs: Math.max(...mates.map((m) => m.timeouts.tunnelIdleMs)),
            }),
      };
    }),
    pools: config.pools.map((pool) => {
      const users = config.listeners.filter((l) => l.pool === pool.id);
      const tcp = users.some((l) => l.protocol === 'tcp') || (users.length === 0 && pool.proxyProtocol !== 'none');
      return poolMeaning(pool, tcp, users.length > 0);
    }),
  };
}

/** One pool for tcp and http becomes two in HAProxy, which is told and no round trip. */
const mixed = (config: Config) =>
  config.pools.some((pool) => new Set(config.listeners.filter((l) => l.pool === pool.id).map((l) => l.protocol === 'tcp')).size > 1);

describe('export to HAProxy and import from it', () => {
  it('mean the same, for everything HAProxy can say', () => {
    fc.assert(
      fc.property(arbitraryConfig(), (config) => {
        fc.pre(!mixed(config));
        const { text } = exportHaproxy(config);
        const { config: back, notes } = importHaproxy(text);
        const again = whole(back);
        const drained = {
          ...again,
          listeners: again.listeners.map((l) => (drainMsOf(config) > 0 ? l : { ...l, timeouts: { ...l.timeouts, drainMs: 0 } })),
        };
        expect(meaning(drained), text).toEqual(meaning(config));
        // Nothing of our own is strange to us but what has no field here.
        const strange = notes.filter(
          (note) => !/^(?:resolvers|parse-resolv-conf|hold)$/.test(note.directive) && !/verifies|checked like the others/.test(note.reason),
        );
        expect(strange, text).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});

function drainMsOf(config: Config): number {
  return Math.max(...config.listeners.map((l) => l.timeouts.drainMs));
}
