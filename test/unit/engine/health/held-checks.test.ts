import { describe, expect, it } from 'vitest';
import { createNodeHealth } from '../../../../electron/engine/health/checked-node-health.ts';
import { configSchema } from '../../../../shared/model/config.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const pool = configSchema.parse({ version: 1, pools: [{ id: 'p', stickiness: { type: 'none' } }] }).pools[0]!;

/** A node checked every second, down after three failures, up after two passes; `answers` is what its probes say. */
function setup() {
  const clock = new FakeClock();
  const changes: string[] = [];
  const node = { ok: true, probes: 0 };
  const health = createNodeHealth({
    address: { host: '127.0.0.1', port: 1 },
    tls: false,
    check: { ...pool.healthCheck, intervalMs: 1_000, timeoutMs: 500, attempts: 3, rise: 2 },
    passive: { ...pool.passiveCheck, enabled: true, errors: 1 },
    clock,
    random: () => 0,
    onChange: (h, before) => changes.push(`${before}>${h.state}`),
    probe: () => {
      node.probes++;
      return Promise.resolve({ ok: node.ok, detail: node.ok ? 'connected' : 'connection refused' });
    },
  });
  return { clock, changes, node, health };
}

describe('checks that are held back while the machine sleeps', () => {
  it('do not run, and a node keeps its state whatever traffic meets', async () => {
    const { clock, changes, node, health } = setup();
    health.start();
    await clock.advanceAsync(1_500);
    expect([health.state, node.probes]).toEqual(['up', 2]);

    health.hold();
    node.ok = false;
    health.reportFailure('connection reset');
    await clock.advanceAsync(3_600_000);
    expect([health.state, node.probes, health.nextCheckAt]).toEqual(['up', 2, null]);
    expect(clock.pending).toBe(0);
    expect(changes).toEqual(['checking>up']);
  });

  it('begin anew afterwards: two failures of before and one of after are not three', async () => {
    const { clock, node, health } = setup();
    health.start();
    await clock.advanceAsync(500);
    node.ok = false;
    await clock.advanceAsync(2_000);
    expect([health.state, health.streak]).toEqual(['checking', -2]);

    health.hold();
    health.release();
    expect(health.streak).toBe(0);
    await clock.advanceAsync(0);
    expect([health.state, health.streak]).toEqual(['checking', -1]);
    await clock.advanceAsync(1_000);
    expect(health.state).toBe('checking');
    await clock.advanceAsync(1_000);
    expect([health.state, health.reason]).toEqual(['down', '3 of 3 checks: connection refused']);
  });

  it('leave a dead node dead until enough of them pass again', async () => {
    const { clock, node, health } = setup();
    node.ok = false;
    health.start();
    await clock.advanceAsync(3_000);
    expect(health.state).toBe('down');
    node.ok = true;
    health.hold();
    health.release();
    await clock.advanceAsync(0);
    expect(health.state).toBe('down');
    await clock.advanceAsync(1_000);
    expect(health.state).toBe('up');
  });

  it('start only when they are released, for a node that came meanwhile', async () => {
    const { clock, node, health } = setup();
    health.hold();
    health.start();
    await clock.advanceAsync(5_000);
    expect(node.probes).toBe(0);
    health.release();
    await clock.advanceAsync(0);
    expect([node.probes, health.state]).toEqual([1, 'up']);
  });

  it('stay away from a node that is stopped', async () => {
    const { clock, node, health } = setup();
    health.start();
    await clock.advanceAsync(0);
    health.hold();
    health.stop();
    health.release();
    await clock.advanceAsync(5_000);
    expect(node.probes).toBe(1);
  });
});
