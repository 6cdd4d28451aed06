import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodeHealth, type NodeHealthOptions } from '../../../../electron/engine/health/checked-node-health.ts';
import { configSchema } from '../../../../shared/model/config.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const pool = configSchema.parse({ version: 1, pools: [{ id: 'p', stickiness: { type: 'none' } }] }).pools[0]!;

type Over = { check?: Partial<NodeHealthOptions['check']>; passive?: Partial<NodeHealthOptions['passive']> };

/** A node whose probes answer what stands in `answers`, the last again and again; a check a second. */
function setup(over: Over = {}) {
  const clock = new FakeClock();
  const changes: string[] = [];
  const told: string[] = [];
  const startedAt = clock.now();
  let answer: { ok: boolean; detail: string } | 'silence' = { ok: true, detail: 'connected' };
  const health = createNodeHealth({
    address: { host: '127.0.0.1', port: 1 },
    tls: false,
    check: { ...pool.healthCheck, intervalMs: 1_000, timeoutMs: 500, attempts: 3, rise: 2, ...over.check },
    passive: { ...pool.passiveCheck, ...over.passive },
    clock,
    random: () => 0,
    onChange: (h, before) => changes.push(`${before}>${h.state}: ${h.reason}`),
    onTelling: ({ time }, streak, words) => told.push(`${time - startedAt} ${streak} ${words}`),
    probe: () => (answer === 'silence' ? new Promise(() => undefined) : Promise.resolve(answer)),
  });
  return {
    clock,
    health,
    changes,
    told,
    pass: () => (answer = { ok: true, detail: 'connected' }),
    fail: (detail = 'connection refused') => (answer = { ok: false, detail }),
    silence: () => (answer = 'silence'),
    /** Lets the next check happen (and time out, if it is silent). */
    next: () => clock.advanceAsync(1_000),
  };
}

describe('active checks', () => {
  it('start as checking and serve; the first pass makes the node up', async () => {
    const { health, changes, clock } = setup();
    expect(health.state).toBe('checking');
    health.start();
    expect([health.state, health.reason]).toEqual(['checking', 'Not checked yet']);
    await clock.advanceAsync(0);
    expect([health.state, health.reason, health.streak]).toEqual(['up', 'Connected in under 1 ms, 1 in a row', 1]);
    expect(changes).toEqual(['checking>up: Connected in under 1 ms, 1 in a row']);
  });

  it('are told of one by one while they take a node down, and once when they begin to bring it back', async () => {
    const { health, told, fail, pass, silence, next } = setup();
    health.start();
    for (let i = 0; i < 3; i++) await next();
    fail();
    await next();
    silence();
    for (let i = 0; i < 5; i++) await next();
    pass();
    for (let i = 0; i < 6; i++) await next();
    // The first check is at 0; each is dated by when it began.
    expect(told).toEqual([
      '4000 -1 1 of 3 checks: connection refused',
      '5000 -2 2 of 3 checks timed out',
      '6000 -3 3 of 3 checks timed out',
      '10000 1 1 of 2 checks passed: connected',
    ]);
    expect(health.state).toBe('up');
  });

  it('that pass after live traffic took the node down are told of once', async () => {
    const { health, told, next } = setup({ passive: { errors: 1 } });
    health.start();
    await next();
    health.reportFailure('connection reset');
    expect(health.state).toBe('down');
    for (let i = 0; i < 4; i++) await next();
    expect(told).toEqual(['2000 3 1 of 2 checks passed: connected']);
    expect(health.state).toBe('up');
  });

  it('take a node down at its very first failure', async () => {
    const { health, changes, clock, fail } = setup();
    fail();
    health.start();
    await clock.advanceAsync(0);
    expect(changes).toEqual(['checking>down: First check: connection refused']);
    expect(health.streak).toBe(-1);
  });

  it('take a node down after `attempts` failures in a row and bring it back after `rise` passes', async () => {
    const { health, changes, clock, fail, pass, next } = setup();
    health.start();
    await clock.advanceAsync(0);
    changes.length = 0;
    fail();
    for (let i = 0; i < 5; i++) await next();
    pass();
    for (let i = 0; i < 4; i++) await next();
    expect(changes).toEqual([
      'up>checking: 1 of 3 checks: connection refused',
      'checking>checking: 2 of 3 checks: connection refused',
      'checking>down: 3 of 3 checks: connection refused',
      'down>down: 1 of 2 checks passed',
      'down>up: Connected in under 1 ms, 2 in a row',
    ]);
    expect(health.reason).toBe('Connected in under 1 ms, 4 in a row');
    expect(health.since).toBe(clock.now() - 2_000);
  });

  it('say what timed out, and when', async () => {
    const { health, changes, clock, silence } = setup({ check: { attempts: 2 } });
    health.start();
    await clock.advanceAsync(100);
    silence();
    await clock.advanceAsync(2_500);
    expect(changes.slice(1)).toEqual(['up>checking: 1 of 2 checks timed out', 'checking>down: 2 of 2 checks timed out']);
    expect(health.lastCheck).toEqual({ time: clock.now() - 600, ok: false, detail: 'timed out after 500 ms', durationMs: 500 });
  });

  it('forgive a failing streak that a pass ends', async () => {
    const { health, changes, clock, fail, pass, next } = setup();
    health.start();
    await clock.advanceAsync(0);
    for (let i = 0; i < 3; i++) {
      fail();
      await next();
      await next();
      pass();
      await next();
      expect(health.state).toBe('up');
    }
    expect(changes.some((c) => c.includes('>down'))).toBe(false);
  });

  it('return to the reason it went down for when it fails again on the way up', async () => {
    const { health, clock, fail, pass, next } = setup();
    fail('HTTP 503, expected 200-399');
    health.start();
    await clock.advanceAsync(0);
    pass();
    await next();
    expect([health.state, health.reason]).toEqual(['down', '1 of 2 checks passed']);
    fail();
    await next();
    expect([health.state, health.reason]).toEqual(['down', 'First check: HTTP 503, expected 200-399']);
    pass();
    await next();
    expect(health.state).toBe('down');
    await next();
    expect(health.state).toBe('up');
  });

  it('end with stop: nothing pending, nothing told, nothing believed', async () => {
    const { health, changes, clock, silence } = setup();
    silence();
    health.start();
    await clock.advanceAsync(100);
    health.stop();
    await clock.advanceAsync(10_000);
    expect(clock.pending).toBe(0);
    expect(changes).toEqual([]);
    expect([health.state, health.reason, health.nextCheckAt, health.lastCheck]).toEqual(['checking', 'Not being checked', null, null]);
  });

  it('begin anew when started again', async () => {
    const { health, clock, fail, pass } = setup();
    fail();
    health.start();
    await clock.advanceAsync(0);
    health.stop();
    pass();
    health.start();
    expect([health.state, health.reason]).toEqual(['checking', 'Not checked yet']);
    await clock.advanceAsync(0);
    expect(health.state).toBe('up');
  });
});

describe('live traffic beside active checks', () => {
  it('takes a node down when too many failures fall into the window; checks bring it back', async () => {
    const { health, changes, clock, next } = setup();
    health.start();
    await clock.advanceAsync(0);
    changes.length = 0;
    health.reportFailure('HTTP 500');
    health.reportSuccess();
    health.reportFailure('HTTP 500');
    expect(health.state).toBe('up');
    health.reportFailure('connection refused');
    expect([health.state, health.reason]).toEqual(['down', '3 failures of live traffic in 10 s (last: connection refused)']);
    health.reportFailure('connection refused');
    await next();
    await next();
    expect(changes).toEqual([
      'up>down: 3 failures of live traffic in 10 s (last: connection refused)',
      'down>down: 1 of 2 checks passed',
      'down>up: Connected in under 1 ms, 3 in a row',
    ]);
    health.reportFailure('HTTP 500');
    health.reportFailure('HTTP 500');
    expect(health.state).toBe('up');
  });

  it('forgets failures older than the window', async () => {
    const { health, clock } = setup();
    health.start();
    await clock.advanceAsync(0);
    for (let i = 0; i < 10; i++) {
      health.reportFailure('HTTP 500');
      await clock.advanceAsync(5_000);
    }
    expect(health.state).toBe('up');
  });

  it('counts for nothing when it is switched off', async () => {
    const { health, clock } = setup({ passive: { enabled: false } });
    health.start();
    await clock.advanceAsync(0);
    for (let i = 0; i < 10; i++) health.reportFailure('HTTP 500');
    expect(health.state).toBe('up');
  });
});

describe('live traffic without active checks', () => {
  function unchecked() {
    const it = setup({ check: { type: 'none' }, passive: { errors: 1, windowMs: 2_000 } });
    it.health.start();
    return it;
  }

  it('is up and says that nobody checks', () => {
    const { health, clock, changes } = unchecked();
    expect([health.state, health.reason, health.lastCheck, health.nextCheckAt]).toEqual(['up', 'Not checked', null, null]);
    expect(clock.pending).toBe(0);
    expect(changes).toEqual([]);
  });

  it('takes the node down and tries it again after the window; one answer decides', () => {
    const { health, clock, changes } = unchecked();
    health.reportFailure('connection refused');
    clock.advance(1_999);
    health.reportSuccess();
    expect(health.state).toBe('down');
    clock.advance(1);
    expect(health.state).toBe('checking');
    health.reportFailure('connection reset');
    clock.advance(2_000);
    health.reportSuccess();
    expect(changes).toEqual([
      'up>down: 1 failure of live traffic in 2 s (last: connection refused)',
      'down>checking: Trying again after 2 s without traffic',
      'checking>down: Failed again on live traffic (connection reset)',
      'down>checking: Trying again after 2 s without traffic',
      'checking>up: Not checked',
    ]);
    expect(clock.pending).toBe(0);
  });

  it('leaves no timer behind when stopped while down', () => {
    const { health, clock } = unchecked();
    health.reportFailure('connection refused');
    health.stop();
    expect(clock.pending).toBe(0);
    expect(health.state).toBe('up');
  });
});

describe('any course of events', () => {
  it('is told once and in order, leaves nothing behind, and is down exactly when the rules say so', async () => {
    const event = fc.constantFrom('pass', 'fail', 'silence', 'traffic fails', 'traffic passes', 'restart');
    await fc.assert(
      fc.asyncProperty(
        fc.record({ attempts: fc.integer({ min: 1, max: 4 }), rise: fc.integer({ min: 1, max: 4 }) }),
        fc.constantFrom('connection' as const, 'none' as const),
        fc.array(event, { maxLength: 60 }),
        async (thresholds, type, events) => {
          const node = setup({ check: { ...thresholds, type }, passive: { errors: 2, windowMs: 3_000 } });
          const { health, changes, clock } = node;
          let streak = 0;
          // Passes that count towards coming back: those since it went down.
          let passes = 0;
          let first = true;
          let down = false;
          const begin = () => {
            health.start();
            changes.length = 0;
            [streak, passes, first, down] = [0, 0, true, false];
          };
          begin();
          for (const what of events) {
            if (what === 'traffic passes') health.reportSuccess();
            else if (what === 'traffic fails') {
              health.reportFailure('HTTP 500');
              if (health.state === 'down' && !down) [down, passes] = [true, 0];
            } else if (what === 'restart') {
              health.stop();
              expect(clock.pending).toBe(0);
              begin();
            } else {
              node[what]();
              const checked = health.lastCheck;
              // Exactly one check a round: they begin every second and take half of one at most.
              await clock.advanceAsync(first ? 600 : 1_000);
              if (type === 'none') continue;
              expect(health.lastCheck).not.toBe(checked);
              const ok = health.lastCheck!.ok;
              passes = ok ? passes + 1 : 0;
              streak = ok ? Math.max(0, streak) + 1 : Math.min(0, streak) - 1;
              if (down && passes >= thresholds.rise) down = false;
              else if (!down && (-streak >= thresholds.attempts || (first && !ok))) down = true;
              first = false;
              expect(health.state === 'down').toBe(down);
              expect(health.streak).toBe(streak);
            }
            expect(health.reason).not.toBe('');
            expect(health.reason).not.toMatch(/undefined|NaN|null/);
          }
          const told = changes.map((c) => /^(\w+)>(\w+): /.exec(c)!.slice(1, 3));
          told.forEach(([before], i) => {
            if (i > 0) expect(before).toBe(told[i - 1]![1]);
          });
          if (told.length > 0) expect(told.at(-1)![1]).toBe(health.state);
          health.stop();
          expect(clock.pending).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });
});
