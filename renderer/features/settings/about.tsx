import type { AppInfo } from '../../../shared/contract/contract.ts';
import { useEngine } from '../../stores/context.tsx';
import { FieldError } from '../../ui/field.tsx';
import { formatDuration, missing } from '../../ui/format.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { FactList, PageSection } from '../../ui/page-section.tsx';
import { useNow } from '../../ui/use-now.ts';
import { noUpdateWords } from './update-words.ts';

const hosts = { desktop: 'Desktop app', headless: 'Headless, screens over HTTP' };
const platforms: Record<string, string> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };

/** What program this is, and since when it runs. */
export function About({ info, failure }: { info: AppInfo | null; failure: string }) {
  const now = useNow();
  const engineSince = useEngine((s) => s.startedAt);
  return (
    <PageSection id="about" title="About">
      {failure ? <FieldError>{failure}</FieldError> : null}
      <FactList>
        <dt>Version</dt>
        <dd className="num">{info ? `Evenkeel ${info.version}` : missing}</dd>
        <dt>Configuration file</dt>
        <dd className="num">version 1</dd>
        <dt>Runs as</dt>
        <dd>{info ? `${hosts[info.host]}, on ${platforms[info.platform] ?? info.platform}` : missing}</dd>
        <dt>Configuration</dt>
        <dd>
          {info ? (
            info.configPath ? (
              <MiddleTruncate className="mono" text={info.configPath} keep={20} />
            ) : (
              'Not saved: this is the demo'
            )
          ) : (
            missing
          )}
        </dd>
        <dt>Program running for</dt>
        <dd className="num">{info ? formatDuration(now - info.startedAt) : missing}</dd>
        <dt>Engine running for</dt>
        <dd className="num">{engineSince === null ? missing : formatDuration(now - engineSince)}</dd>
        {info?.host === 'headless' ? (
          <>
            <dt>Updates</dt>
            <dd>{noUpdateWords.headless}</dd>
          </>
        ) : null}
        <dt>Look</dt>
        <dd>
          <a href="#/design">Every part in every state</a>
        </dd>
      </FactList>
    </PageSection>
  );
}
