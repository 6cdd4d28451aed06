import { formatHostPort, type HostPort } from '../../../../shared/model/address.ts';
import { parseStatusRanges, type HealthCheckConfig } from '../../../../shared/model/config.ts';
import { AnswerReader } from './answer-reader.ts';
import { dialProbe } from './probe-socket.ts';
import type { Probe, ProbeOutcome, ProbeTarget } from './probe.ts';
import { describeSocketError } from '../../upstream/socket-error.ts';

/**
 * Sends one HTTP/1.1 request on a connection of its own. Passes when the status is among the expected ones and, for
 * http_body, the first 64 KiB of the body match the pattern.
 */
export function httpProbe(target: ProbeTarget, check: HealthCheckConfig): Probe {
  const request = buildRequest(target.address, check);
  const ranges = parseStatusRanges(check.expectStatus) ?? [];
  const pattern = check.type === 'http_body' ? new RegExp(check.bodyPattern) : undefined;

  /** The verdict as soon as there is one. */
  const judge = (answer: AnswerReader): ProbeOutcome | undefined => {
    const { status } = answer;
    if (answer.error !== undefined)
      return { ok: false, detail: status === undefined ? answer.error : `HTTP ${status}, but the ${answer.error}` };
    if (status === undefined) return undefined;
    if (!ranges.some(([low, high]) => status >= low && status <= high)) {
      return { ok: false, detail: `HTTP ${status}, expected ${check.expectStatus}` };
    }
    if (!pattern) return { ok: true, detail: `HTTP ${status}` };
    if (!answer.complete) return undefined;
    return pattern.test(answer.body)
      ? { ok: true, detail: `HTTP ${status}, body matches` }
      : { ok: false, detail: `HTTP ${status}, but the body does not match the pattern` };
  };

  return (signal) =>
    new Promise((resolve) => {
      const { socket, ready } = dialProbe(target, signal);
      const answer = new AnswerReader(check.method);
      const settle = (outcome: ProbeOutcome | undefined) => {
        if (!outcome) return;
        resolve(outcome);
        socket.destroy();
      };
      socket.once(ready, () => socket.write(request, 'latin1'));
      socket.on('data', (chunk: Buffer) => {
        answer.push(chunk);
        settle(judge(answer));
      });
      socket.once('end', () => {
        answer.end();
        settle(judge(answer));
      });
      socket.once('error', (error) => {
        settle({ ok: false, detail: describeSocketError(error) });
      });
      socket.once('close', () => {
        settle({ ok: false, detail: 'connection closed' });
      });
    });
}

function buildRequest(address: HostPort, check: HealthCheckConfig): string {
  const host = check.host || formatHostPort(address.host, address.port);
  const length = check.method === 'POST' ? 'Content-Length: 0\r\n' : '';
  return `${check.method} ${check.path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: Evenkeel-check\r\nAccept: */*\r\n${length}Connection: close\r\n\r\n`;
}
