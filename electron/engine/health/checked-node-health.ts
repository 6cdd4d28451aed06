import type { HealthCheckConfig, NodeConfig, PoolConfig } from '../../../shared/model/config.ts';
import type { CheckResult, ObservedState } from '../../../shared/model/state.ts';
import type { Clock } from '../clock.ts';
import { ActiveChecker } from './active-checker.ts';
import { afterFailure, afterPass, isUp, startingHealth, type Thresholds } from './hysteresis.ts';
import type { NodeHealth } from './node-health.ts';
import { PassiveMonitor } from './passive-monitor.ts';
import type { Probe } from './probes/probe.ts';
import { faultyProbe } from './probes/faulty-probe.ts';
import { createProbe } from './probes/run-probe.ts';
import type { NodeFault } from '../pools/node-fault.ts';
import type { DialAddress } from '../upstream/name-resolver.ts';

export interface NodeHealthOptions {
  /** Where live traffic goes; the check's own port, if any, replaces its port for probes. */
  address: DialAddress;
  tls: NodeConfig['tls'];
  check: HealthCheckConfig;
  passive: PoolConfig['passiveCheck'];
  /** What the node demands ahead of every connection, probes included. Default none. */
  proxyProtocol?: PoolConfig['proxyProtocol'];
  /** The fault made up for the node at present, which its checks meet too. Default none. */
  fault?: () => NodeFault | null;
  clock: Clock;
  /** 0 ≤ n < 1, for the jitter of checks. */
  random: () => number;
  /**
   * The state changed, or its reason did. Not called for an up node's ever-changing reason, nor by `stop`.
   * Read the fields of `health` then; `before` is the state it had.
   */
  onChange: (health: NodeHealth, before: ObservedState) => void;
  /**
   * Checks worth telling: each that fails until the node is down, and the first good one after that. `words` is what it means:
   * "1 of 2 checks timed out".
   */
  onTelling?: (result: CheckResult, streak: number, words: string) => void;
  /** Replaces the probe that `check` describes. Not used for type none. */
  probe?: Probe;
}

/** Health from active checks and from what live traffic meets, as `options.check` and `options.passive` say. */
export function createNodeHealth(options: NodeHealthOptions): NodeHealth {
  return new CheckedNodeHealth(options);
}

class CheckedNodeHealth implements NodeHealth {
  readonly #clock: Clock;
  readonly #onChange: NodeHealthOptions['onChange'];
  readonly #onTelling: NodeHealthOptions['onTelling'];
  readonly #thresholds: Thresholds;
  readonly #checker: ActiveChecker | undefined;
  readonly #passive: PassiveMonitor | undefined;
  readonly #windowMs: number;
  readonly #errors: number;
  /** rise/fall, see hysteresis.ts. Without active checks only the two ends are used. */
  #health: number;
  #started = false;
  #held = false;
  #state: ObservedState = 'checking';
  #since: number;
  #lastCheck: CheckResult | null = null;
  #streak = 0;
  /** Why it went down; stands until checks alone would have taken it down as well. */
  #downReason = '';
  /** The reason last told to `onChange`. */
  #toldReason = '';
  /** Without active checks: back on trial after a passive failure, until one answer decides. */
  #onTrial = false;
  #cancelTrialTimer: (() => void) | undefined;

  constructor(options: NodeHealthOptions) {
    const { clock, check, passive } = options;
    this.#clock = clock;
    this.#onChange = options.onChange;
    this.#onTelling = options.onTelling;
    this.#thresholds = { rise: check.rise, fall: check.attempts };
    this.#health = startingHealth(this.#thresholds);
    this.#since = clock.now();
    this.#errors = passive.errors;
    this.#windowMs = passive.windowMs;
    this.#passive = passive.enabled ? new PassiveMonitor(passive.errors, passive.windowMs) : undefined;
    const probe =
      check.type === 'none' ? undefined : (options.probe ?? createProbe(options.address, check, options.tls, options.proxyProtocol));
    if (probe) {
      const onResult = (result: CheckResult) => {
        this.#checked(result);
      };
      this.#checker = new ActiveChecker({
        probe: options.fault ? faultyProbe(probe, check, options.fault, clock) : probe,
        intervalMs: check.intervalMs,
        timeoutMs: check.timeoutMs,
        clock,
        random: options.random,
        onResult,
      });
    } else this.#state = 'up';
    this.#toldReason = this.reason;
  }

  get state(): ObservedState {
    return this.#state;
  }

  get since(): number {
    return this.#since;
  }

  get lastCheck(): CheckResult | null {
    return this.#lastCheck;
  }

  get streak(): number {
    return this.#streak;
  }

  get nextCheckAt(): number | null {
    return this.#checker?.nextCheckAt ?? null;
  }

  /** Made when it is read, so that it is never older than the last check. */
  get reason(): string {
    if (this.#state === 'down') return this.#whyDown();
    if (this.#onTrial) return `Trying again after ${seconds(this.#windowMs)} without traffic`;
    if (!this.#checker) return 'Not checked';
    const last = this.#lastCheck;
    if (!last) return this.#started ? 'Not checked yet' : 'Not being checked';
    if (this.#streak === 0) return 'Not checked yet since checks went on';
    if (last.ok) return `${capitalised(last.detail)} in ${milliseconds(last.durationMs)}, ${this.#streak} in a row`;
    return failedChecks(`${-this.#streak} of ${this.#thresholds.fall} checks`, last);
  }

  reportSuccess(): void {
    if (this.#onTrial) this.#trialPassed();
  }

  reportFailure(detail: string): void {
    if (!this.#passive || !this.#started || this.#held || this.#state === 'down') return;
    if (this.#onTrial) {
      this.#takeDown(`Failed again on live traffic (${detail})`);
      return;
    }
    if (!this.#passive.fail(this.#clock.monotonic())) return;
    const failures = this.#errors === 1 ? '1 failure' : `${this.#errors} failures`;
    this.#takeDown(`${failures} of live traffic in ${seconds(this.#windowMs)} (last: ${detail})`);
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#reset();
    if (!this.#held) this.#checker?.start();
  }

  stop(): void {
    if (!this.#started) return;
    this.#started = false;
    this.#checker?.stop();
    // What was seen before says nothing about a node nobody looks at.
    this.#reset();
  }

  hold(): void {
    this.#held = true;
    this.#checker?.stop();
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#passive?.clear();
    if (!this.#started || !this.#checker) return;
    // Half a streak of before is no evidence any more; the state it led to stands until there is some.
    this.#streak = 0;
    if (this.#lastCheck) this.#health = this.#state === 'down' ? 0 : this.#thresholds.rise + this.#thresholds.fall - 1;
    this.#checker.start();
  }

  /** Back to knowing nothing, without telling: whoever starts or stops a node knows. */
  #reset(): void {
    this.#cancelTrialTimer?.();
    this.#cancelTrialTimer = undefined;
    this.#onTrial = false;
    this.#passive?.clear();
    this.#health = startingHealth(this.#thresholds);
    this.#lastCheck = null;
    this.#streak = 0;
    this.#downReason = '';
    const state = this.#checker ? 'checking' : 'up';
    if (state !== this.#state) this.#since = this.#clock.now();
    this.#state = state;
    this.#toldReason = this.reason;
  }

  #checked(result: CheckResult): void {
    const first = this.#lastCheck === null;
    this.#lastCheck = result;
    this.#streak = result.ok ? Math.max(0, this.#streak) + 1 : Math.min(0, this.#streak) - 1;
    const before = this.#health;
    this.#health = result.ok ? afterPass(this.#health, this.#thresholds) : afterFailure(this.#health, this.#thresholds);
    this.#tell(result, before);
    if (!isUp(this.#health, this.#thresholds)) {
      if (this.#state !== 'down') {
        const checks = first ? 'First check' : `${this.#thresholds.fall} of ${this.#thresholds.fall} checks`;
        this.#downReason = failedChecks(checks, result);
      }
      this.#become('down');
      return;
    }
    // A node that checks bring back starts anew with live traffic too.
    if (this.#state === 'down') this.#passive?.clear();
    this.#become(result.ok ? 'up' : 'checking');
  }

  /** Before the state follows: a failing node says so check by check, a healthy one and a dead one say nothing. */
  #tell(result: CheckResult, before: number): void {
    const { rise, fall } = this.#thresholds;
    const down = this.#state === 'down';
    if (!result.ok && !down) this.#onTelling?.(result, this.#streak, failedChecks(`${-this.#streak} of ${fall} checks`, result));
    else if (result.ok && down && before === 0) this.#onTelling?.(result, this.#streak, `1 of ${rise} checks passed: ${result.detail}`);
  }

  #takeDown(reason: string): void {
    this.#health = 0;
    this.#downReason = reason;
    this.#onTrial = false;
    this.#passive?.clear();
    if (!this.#checker)
      this.#cancelTrialTimer = this.#clock.after(this.#windowMs, () => {
        this.#beginTrial();
      });
    this.#become('down');
  }

  #beginTrial(): void {
    this.#cancelTrialTimer = undefined;
    this.#onTrial = true;
    this.#become('checking');
  }

  #trialPassed(): void {
    this.#onTrial = false;
    this.#become('up');
  }

  #become(state: ObservedState): void {
    const before = this.#state;
    if (state !== before) {
      this.#state = state;
      this.#since = this.#clock.now();
    } else if (state === 'up') return;
    const reason = this.reason;
    if (state === before && reason === this.#toldReason) return;
    this.#toldReason = reason;
    this.#onChange(this, before);
  }

  #whyDown(): string {
    const { rise, fall } = this.#thresholds;
    if (this.#health > 0) return `${this.#health} of ${rise} checks passed`;
    if (this.#lastCheck && -this.#streak >= fall) return failedChecks(`${fall} of ${fall} checks`, this.#lastCheck);
    return this.#downReason;
  }
}

/** "2 of 2 checks timed out", "3 of 3 checks: connection refused". */
function failedChecks(checks: string, last: CheckResult): string {
  return last.detail.startsWith('timed out') ? `${checks} timed out` : `${checks}: ${last.detail}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function milliseconds(ms: number): string {
  return ms < 1 ? 'under 1 ms' : `${Math.round(ms)} ms`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
