import { formatHostPort, type HostPort } from '../../../../shared/model/address.ts';
import type { HealthCheckConfig } from '../../../../shared/model/config.ts';
import { parseStatusRanges } from '../../../../shared/model/status-ranges.ts';
import { matchPattern, maxMatchMs, prepareMatching } from '../patterns/pattern-matcher.ts';
import { AnswerReader } from './answer-reader.ts';
import { dialProbe } from './probe-socket.ts';
import type { Probe, ProbeOutcome, ProbeTarget } from './probe.ts';
import { describeSocketError } from '../../upstream/socket-error.ts';

/**
 * Sends one HTTP/1.1 request on a connection of its own. Passes when the status is among the expected ones and, for
 * http_body, the first 64 KiB of the body match the pattern, which is tried on another thread and for a moment only.
 */
export function httpProbe(target: ProbeTarget, check: HealthCheckConfig): Probe {
  const request = buildRequest(target.address, check);
  const ranges = parseStatusRanges(check.expectStatus) ?? [];
  const wantsBody = check.type === 'http_body';
  if (wantsBody) prepareMatching();

  /** The verdict as soon as there is one, but for the body's. */
  const judge = (answer: AnswerReader): ProbeOutcome | 'body' | undefined => {
    const { status } = answer;
    if (answer.error !== undefined)
      return { ok: false, detail: status === undefined ? answer.error : `HTTP ${status}, but the ${answer.error}` };
    if (status === undefined) return undefined;
    if (!ranges.some(([low, high]) => status >= low && status <= high)) {
      return { ok: false, detail: `HTTP ${status}, expected ${check.expectStatus}` };
    }
    if (!wantsBody) return { ok: true, detail: `HTTP ${status}` };
    return answer.complete ? 'body' : undefined;
  };

  const judgeBody = async ({ status, body }: AnswerReader): Promise<ProbeOutcome> => {
    switch (await matchPattern(check.bodyPattern, body)) {
      case 'match':
        return { ok: true, detail: `HTTP ${status}, body matches` };
      case 'no match':
        return { ok: false, detail: `HTTP ${status}, but the body does not match the pattern` };
      case 'slow':
        return { ok: false, detail: `HTTP ${status}, but the pattern took longer than ${maxMatchMs} ms` };
    }
  };

  return (signal) =>
    new Promise((resolve) => {
      const { socket, ready } = dialProbe(target, signal);
      const answer = new AnswerReader(check.method);
      let judged = false;
      const settle = (outcome: ProbeOutcome | 'body' | undefined) => {
        if (judged || outcome === undefined) return;
        judged = true;
        resolve(outcome === 'body' ? judgeBody(answer) : outcome);
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
