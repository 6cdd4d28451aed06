import { Play } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { Scenario } from '../../../shared/model/scenario.ts';
import { durationWords } from '../../../shared/model/fault-words.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { FieldError } from '../../ui/field.tsx';
import type { Act } from './act.ts';
import styles from './lab.module.css';

/** Shown of a file that is not a scenario. */
const maxIssues = 12;

interface FileProblem {
  file: string;
  issues: { path: string; message: string }[];
}

/** The scenarios that come with Evenkeel, and one's own from a file. */
export function ScenariosCard({ act, taken }: { act: Act; taken: boolean }) {
  const client = useClient();
  const [scenarios, setScenarios] = useState<Scenario[]>([]);
  const [problem, setProblem] = useState<FileProblem | null>(null);
  const [unread, setUnread] = useState('');
  const file = useRef<HTMLInputElement>(null);
  const fileId = useId();
  useEffect(() => {
    let gone = false;
    const load = () => {
      client.request('lab.scenarios', {}).then(
        (answer) => {
          if (gone) return;
          setScenarios(answer.scenarios.map((one) => one.scenario));
          setUnread('');
        },
        (error: unknown) => {
          // What was read stands; the connection's return asks again.
          if (!gone) setUnread(errorMessage(error));
        },
      );
    };
    load();
    const end = client.onConnection((connected) => {
      if (connected) load();
    });
    return () => {
      gone = true;
      end();
    };
  }, [client]);

  const run = (scenario: unknown) => act((one) => one.request('lab.runScenario', { scenario }));
  const runFile = async (given: File) => {
    setProblem(null);
    let scenario: unknown;
    try {
      scenario = JSON.parse(await given.text());
    } catch (error) {
      setProblem({ file: given.name, issues: [{ path: '', message: `is not JSON: ${errorMessage(error)}` }] });
      return;
    }
    await act(async (one) => {
      const { issues } = await one.request('lab.checkScenario', { scenario });
      if (issues.length > 0) setProblem({ file: given.name, issues });
      else await one.request('lab.runScenario', { scenario });
    });
  };

  return (
    <Card as="section" className={styles['card']} aria-labelledby="lab-scenarios">
      <h2 id="lab-scenarios">Scenarios</h2>
      <p>Faults, modes and clients by the clock, on a demo started anew; recorded, and judged by what has to hold.</p>
      {unread && scenarios.length === 0 ? <FieldError>{unread}</FieldError> : null}
      <ul>
        {scenarios.map((scenario) => (
          <li key={scenario.id} className={styles['scenario']}>
            <div className={styles['who']}>
              <span className={styles['line']}>
                <b>{scenario.name}</b>
                <span className="muted small num">{durationWords(scenario.warmUpMs + scenario.durationMs)}</span>
              </span>
              <span className={styles['about']}>{scenario.description}</span>
            </div>
            <div className={styles['actions']}>
              <CopyButton text={`${JSON.stringify(scenario, null, 2)}\n`}>Copy</CopyButton>
              <Button small disabled={taken} aria-label={`Run “${scenario.name}”`} onClick={() => void run(scenario.id)}>
                <Play size={12} fill="currentColor" aria-hidden="true" />
                Run
              </Button>
            </div>
          </li>
        ))}
      </ul>
      <div className={styles['own']}>
        <label className="visually-hidden" htmlFor={fileId}>
          A scenario of your own, a JSON file
        </label>
        <input
          id={fileId}
          ref={file}
          type="file"
          accept=".json,application/json"
          className="visually-hidden"
          tabIndex={-1}
          onChange={(event) => {
            const given = event.target.files?.[0];
            // The same file may be chosen again once it was mended.
            event.target.value = '';
            if (given) void runFile(given);
          }}
        />
        <Button small disabled={taken} onClick={() => file.current?.click()}>
          Run a file…
        </Button>
        <span className="muted small">Copy one to begin with your own.</span>
      </div>
      {problem ? (
        <div className={styles['problems']} role="alert">
          <FieldError>
            {problem.file} was not run: {problem.issues.length === 1 ? 'one problem' : `${problem.issues.length} problems`}.
          </FieldError>
          <ul>
            {problem.issues.slice(0, maxIssues).map(({ path, message }, i) => (
              <li key={i} className="small">
                <span className="mono">{path}</span> {message}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </Card>
  );
}
