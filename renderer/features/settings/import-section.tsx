import { FileUp } from 'lucide-react';
import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { ContractError } from '../../../shared/contract/envelope.ts';
import type { Config } from '../../../shared/model/config.ts';
import { JsonError, parseJson } from '../../../shared/model/json-text.ts';
import { parseConfig, type ConfigIssue } from '../../../shared/model/validate.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useConfig, useDraft, useLab, useStores } from '../../stores/context.tsx';
import { type Change, countChanges, listChanges, sayIssue } from '../../stores/draft-words.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { FieldError } from '../../ui/field.tsx';
import { PageSection } from '../../ui/page-section.tsx';
import { besideDemo, ChangedMeanwhile, replaceConfig } from './replace-config.ts';
import styles from './settings.module.css';

/** What the control API takes at once, and far more than any configuration. */
const largest = 1_000_000;
/** Of a longer list the rest is counted. */
const mostShown = 40;

interface Loaded {
  name: string;
  /** As it came; parsed against what runs each time that changes. */
  config: unknown;
  notes: { line: number; directive: string; reason: string }[];
  /** Found by the control plane: certificates and files, too. */
  issues: ConfigIssue[];
}

/** As strict as for a file that is served: what is given twice there is a mistake here, too. */
function readJson(text: string): unknown {
  try {
    return parseJson(text.replace(/^\ufeff/, ''));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new ContractError('BAD_REQUEST', `This is no valid JSON: line ${error.line}, column ${error.column}: ${error.message}.`);
  }
}

/** What it belongs to is named once. */
function sayOne({ subject, words }: Change): string {
  return words.includes(subject) ? words.charAt(0).toUpperCase() + words.slice(1) : `${subject}: ${words}`;
}

function List({ items }: { items: { key: string; words: string }[] }) {
  return (
    <ul className={styles['list']}>
      {items.slice(0, mostShown).map(({ key, words }) => (
        <li key={key}>{words}</li>
      ))}
      {items.length > mostShown ? <li>… and {items.length - mostShown} more</li> : null}
    </ul>
  );
}

/** Reads an Evenkeel file or a haproxy.cfg, shows what it would change, and puts it in place of what runs. */
export function ImportSection() {
  const client = useClient();
  const stores = useStores();
  const input = useRef<HTMLInputElement>(null);
  const running = useConfig((s) => s.config);
  const demoRuns = useLab((s) => s.lab?.running ?? false);
  const unapplied = useDraft((s) => s.changes.length);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);

  const next = useMemo((): Config | null => {
    const parsed = loaded ? parseConfig(loaded.config).config : undefined;
    return parsed ? besideDemo(parsed, running, demoRuns) : null;
  }, [loaded, running, demoRuns]);
  const changes = useMemo(() => (next ? listChanges(running, next) : []), [next, running]);

  const read = async (name: string, textOf: () => Promise<string>) => {
    setLoaded(null);
    setFailure('');
    setBusy(true);
    try {
      const text = await textOf();
      const isJson = /\.(json|evenkeel)$/i.test(name) || /^\ufeff?\s*[{[]/.test(text);
      const { config, notes } = isJson
        ? { config: readJson(text), notes: [] }
        : await client.request('config.import', { from: 'haproxy', text });
      const parsed = parseConfig(config).config;
      const candidate = parsed ? besideDemo(parsed, running, demoRuns) : config;
      const { issues } = await client.request('config.validate', { config: candidate });
      setLoaded({ name, config, notes, issues });
    } catch (error) {
      setFailure(errorMessage(error));
    } finally {
      setBusy(false);
    }
  };

  const readFile = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > largest) {
      setLoaded(null);
      return setFailure(`“${file.name}” is larger than 1 MB, so it is no configuration.`);
    }
    await read(file.name, () => file.text());
  };

  // Opened by the system, by a double click for one: looked at here like any other.
  const section = useRef<HTMLElement>(null);
  const readOpened = useEffectEvent((name: string, text: string) => {
    section.current?.scrollIntoView();
    void read(name, () => Promise.resolve(text));
  });
  useEffect(() => stores.host.onFile(({ name, text }) => readOpened(name, text)), [stores.host]);

  const apply = async () => {
    if (!loaded || !next) return;
    setBusy(true);
    setFailure('');
    try {
      await replaceConfig(client, stores, running, next, `${loaded.name} was imported`);
      setLoaded(null);
    } catch (error) {
      setFailure(error instanceof ChangedMeanwhile ? error.message : errorMessage(error));
      if (error instanceof ContractError && error.issues) setLoaded({ ...loaded, issues: error.issues });
    } finally {
      setBusy(false);
    }
  };

  return (
    <PageSection ref={section} id="import" title="Import">
      <p className={styles['lead']}>
        An Evenkeel file or a haproxy.cfg. You see what it would change first; then it takes the place of the whole configuration.
      </p>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File to import"
        accept=".json,.cfg,.conf,.txt"
        onChange={(event) => {
          readFile(event.target.files?.[0]).catch(() => setFailure('The file could not be read.'));
          event.target.value = '';
        }}
      />
      <Button disabled={busy} onClick={() => input.current?.click()}>
        <FileUp size={14} strokeWidth={2} aria-hidden="true" />
        {busy && !loaded ? 'Looking at it…' : 'Choose a file'}
      </Button>
      <div role="status">
        {loaded ? (
          <Card form edge="strong" className={styles['card']} role="group" aria-label={`Import of ${loaded.name}`}>
            {loaded.issues.length > 0 ? (
              <>
                <h3>
                  {loaded.issues.length === 1 ? 'One thing is' : `${loaded.issues.length} things are`} in the way of {loaded.name}
                </h3>
                <List
                  items={loaded.issues.map((issue) => ({
                    key: `${issue.path} ${issue.message}`,
                    words: `${issue.path}: ${sayIssue(issue)}`,
                  }))}
                />
              </>
            ) : (
              <>
                <h3>{changes.length === 0 ? `${loaded.name} changes nothing` : `${loaded.name} makes ${countChanges(changes.length)}`}</h3>
                <List items={changes.map((change) => ({ key: `${change.path} ${change.words}`, words: sayOne(change) }))} />
              </>
            )}
            {loaded.notes.length > 0 ? (
              <details className={styles['notes']} open={loaded.notes.length <= 10}>
                <summary>
                  {loaded.notes.length === 1 ? 'One directive was' : `${loaded.notes.length} directives were`} left out or changed
                </summary>
                <List
                  items={loaded.notes.map(({ line, directive, reason }) => ({
                    key: `${line} ${directive} ${reason}`,
                    words: `Line ${line}, ${directive}: ${reason}.`,
                  }))}
                />
              </details>
            ) : null}
            {unapplied > 0 ? (
              <p className={styles['small']}>
                {countChanges(unapplied)} on other screens {unapplied === 1 ? 'is' : 'are'} not applied yet; you will be asked what becomes
                of {unapplied === 1 ? 'it' : 'them'}.
              </p>
            ) : null}
            <div className={styles['actions']}>
              <Button look="primary" disabled={busy || loaded.issues.length > 0 || changes.length === 0} onClick={() => void apply()}>
                {changes.length === 0 ? 'Apply' : `Apply ${countChanges(changes.length)}`}
              </Button>
              <Button look="quiet" onClick={() => setLoaded(null)}>
                Cancel
              </Button>
            </div>
          </Card>
        ) : null}
      </div>
      {failure ? <FieldError>{failure}</FieldError> : null}
    </PageSection>
  );
}
