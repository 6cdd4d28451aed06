import type { Config } from '../../shared/model/config.ts';
import type { ConfigIssue } from '../../shared/model/validate.ts';

/** Where in the window the thing a path is about is edited. */
export function issueHref(draft: Config, path: string): string | undefined {
  const match = /^(pools|listeners|certificates)(?:\[(\d+)\])?/.exec(path);
  if (!match) return undefined;
  const index = Number(match[2]);
  if (match[1] === 'pools') return `#/pools/${encodeURIComponent(draft.pools[index]?.id ?? '')}`;
  if (match[1] === 'listeners') return `#/listeners/${encodeURIComponent(draft.listeners[index]?.id ?? '')}`;
  return `#/certificates/${encodeURIComponent(draft.certificates[index]?.id ?? '')}`;
}

/** Goes to the editor a mistake is in and puts the focus on its field. */
export function showIssue(draft: Config, issue: ConfigIssue): void {
  const href = issueHref(draft, issue.path);
  if (href && location.hash !== href) location.hash = href;
  // The editor is drawn by then; the first field in reading order that is marked is the one to fix.
  setTimeout(() => document.querySelector<HTMLElement>('main [aria-invalid="true"]')?.focus(), 60);
}
