import type { HealthCheckConfig } from '../../../shared/model/config.ts';

/** How a node is checked, in two or three words. */
export function checkWords(check: HealthCheckConfig): string {
  switch (check.type) {
    case 'none':
      return 'not checked';
    case 'connection':
      return 'connection';
    case 'http':
    case 'http_body':
      return `${check.method} ${check.path}`;
  }
}

/** How long a node that dies just after a check stays unnoticed at most. Milliseconds; undefined when it is not checked. */
export function detectMs(check: HealthCheckConfig): number | undefined {
  return check.type === 'none' ? undefined : check.intervalMs * check.attempts + check.timeoutMs;
}
