import { Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useClient } from '../../bridge/context.tsx';
import { useStores } from '../../stores/context.tsx';
import { StateRing } from '../../ui/state-ring.tsx';
import { keyName } from '../shortcuts/shortcuts.ts';
import { buildCommands, type Command, findClients, matching } from './commands.ts';
import css from './palette.module.css';

interface PaletteProps {
  onClose: () => void;
  openHelp: () => void;
}

/** Clients are looked for when nothing was typed for this long, and from this many letters on. */
const settleMs = 120;
const leastLetters = 2;
const maxClients = 6;

/** Characters of name and detail that stand beside each other; of more, the detail has a line of its own. Nothing is shortened. */
const oneLine = 72;
const isLong = ({ label, detail = '' }: Command) => label.length + detail.length > oneLine;

/** Everything by its name: screens, pools, listeners, nodes and their modes, clients. A combobox over the platform's dialog. */
export function Palette({ onClose, openHelp }: PaletteProps) {
  const stores = useStores();
  const client = useClient();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [search, setSearch] = useState('');
  const [at, setAt] = useState(0);
  const [clients, setClients] = useState<{ search: string; found: Command[] }>({ search: '', found: [] });
  const commands = useMemo(() => buildCommands(stores, client, openHelp), [stores, client, openHelp]);
  const wanted = search.trim();
  const shown = useMemo(
    () => [...matching(commands, wanted), ...(clients.search === wanted ? clients.found : [])],
    [commands, wanted, clients],
  );
  const chosen = shown[Math.min(at, shown.length - 1)];

  // Before the element is taken out of the page, so that it gives the focus back.
  useLayoutEffect(() => {
    const element = dialog.current!;
    if (!element.open) element.showModal();
    return () => element.close();
  }, []);

  useEffect(() => {
    if (wanted.length < leastLetters) return;
    let late = false;
    const timer = setTimeout(() => {
      findClients(client, wanted, maxClients).then(
        (found) => {
          if (!late) setClients({ search: wanted, found });
        },
        () => {
          // The banner says that nobody answers; the commands are still there.
        },
      );
    }, settleMs);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [client, wanted]);

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen?.id]);

  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const last = shown.length - 1;
    const here = Math.min(at, last);
    const steps: Record<string, number> = {
      ArrowDown: here >= last ? 0 : here + 1,
      ArrowUp: here <= 0 ? last : here - 1,
      PageDown: Math.min(last, here + 8),
      PageUp: Math.max(0, here - 8),
    };
    const next = steps[event.key];
    if (next !== undefined) {
      event.preventDefault();
      setAt(Math.max(0, next));
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(chosen);
    } else if (event.key === 'Escape' || (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey))) {
      // Taken here: it would close what is open below as well.
      event.preventDefault();
      event.stopPropagation();
      onClose();
    }
  };

  const groups: { name: string; commands: Command[] }[] = [];
  for (const command of shown) {
    const last = groups.at(-1);
    if (last?.name === command.group) last.commands.push(command);
    else groups.push({ name: command.group, commands: [command] });
  }

  return (
    <dialog
      ref={dialog}
      className={css['palette']}
      aria-label="Command palette"
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className={css['body']}>
        <div className={css['search']}>
          <Search size={16} aria-hidden />
          <input
            role="combobox"
            aria-label="Find a command, a node or a client"
            aria-expanded="true"
            aria-controls={`${id}list`}
            aria-autocomplete="list"
            aria-activedescendant={chosen ? `${id}o${shown.indexOf(chosen)}` : undefined}
            placeholder="A screen, a node, a mode, a client"
            autoFocus
            spellCheck={false}
            autoComplete="off"
            maxLength={200}
            value={search}
            onChange={(event) => {
              setSearch(event.target.value);
              setAt(0);
            }}
          />
        </div>
        <div ref={list} id={`${id}list`} role="listbox" aria-label="Commands" className={css['list']} tabIndex={-1}>
          {groups.map((group, g) => (
            <div key={group.name} role="group" aria-labelledby={`${id}g${g}`}>
              <div id={`${id}g${g}`} role="presentation" className={css['group']}>
                {group.name}
              </div>
              {group.commands.map((command) => (
                <div
                  key={command.id}
                  id={`${id}o${shown.indexOf(command)}`}
                  role="option"
                  aria-selected={command === chosen}
                  className={css['option']}
                  data-long={isLong(command) || undefined}
                  onPointerMove={() => setAt(shown.indexOf(command))}
                  onClick={() => run(command)}
                >
                  {command.state ? <StateRing state={command.state} size={18} /> : null}
                  <span className={css['words']}>
                    <span className={css['label']}>{command.label}</span>
                    <span className={css['detail']}>{command.detail}</span>
                  </span>
                  {command.keys ? (
                    <span className={css['keys']} aria-hidden="true">
                      {command.keys.map((key) => (
                        <kbd key={key}>{keyName(key)}</kbd>
                      ))}
                    </span>
                  ) : null}
                </div>
              ))}
            </div>
          ))}
        </div>
        <p className={css['foot']} role="status">
          {shown.length === 0 ? `Nothing is called “${wanted}”. Try a node, a screen or a mode.` : `${shown.length} found`}
        </p>
      </div>
    </dialog>
  );
}
