import { Search, Trash2 } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { useConfig, useDraft, useStores } from '../stores/context.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import type { Column } from '../ui/fitting-columns.ts';
import { formatCount } from '../ui/format.ts';
import { PageHead } from '../ui/page-head.tsx';
import { ButtonRow } from '../ui/row.tsx';
import { Table, TableScroll, Th } from '../ui/table.tsx';
import { TextField } from '../ui/text-field.tsx';
import { Unread } from '../ui/unread.tsx';
import { type Fitting, useFittingColumns } from '../ui/use-fitting-columns.ts';
import { ChangeBar } from './change-bar.tsx';
import styles from './draft-screens.module.css';
import { Editor, type EditorSection } from './editor.tsx';

/** The list an entry belongs to: "Pools", "#/pools". */
interface EntryList {
  label: string;
  href: string;
}

/** What a screen of the draft shows until there is one: nothing while it is read, and why where it cannot be. */
function NotRead({ what }: { what: string }) {
  const { config } = useStores();
  const problem = useConfig((s) => s.problem);
  if (problem === '') return null;
  // The store keeps what became of it.
  const retry = () => void config.refresh().catch(() => {});
  return <Unread what={what} problem={problem} onRetry={retry} />;
}

/** With more entries than this a list can be searched. */
const fewEntries = 12;

interface DraftListProps<E, C extends Column> {
  title: string;
  entries: readonly E[];
  /** What an entry is found by. */
  textOf: (entry: E) => string;
  /** Muted words beside the title, once there is something. */
  note: string;
  /** Actions at the right edge. */
  aside: ReactNode;
  /** In place of the table while the draft has none. */
  empty: ReactNode;
  columns: readonly (C & { title: string; right?: boolean })[];
  row: (entry: E, index: number, has: Fitting<C>['has']) => ReactNode;
}

/** What the draft has of one kind, as a table, with the bar of changes below. */
export function DraftList<E, C extends Column>({ title, entries, textOf, note, aside, empty, columns, row }: DraftListProps<E, C>) {
  const loaded = useDraft((s) => s.loaded);
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const count = entries.length;
  // Each keeps its place in the draft, which its row edits by.
  const found = entries.flatMap((entry, index) => (textOf(entry).toLowerCase().includes(wanted) ? [{ entry, index }] : []));
  const { measure, shown, has } = useFittingColumns(columns);
  return (
    <main className="screen">
      <PageHead title={title} note={count === 0 ? undefined : wanted === '' ? note : `${formatCount(found.length)} found`} aside={aside}>
        {count > fewEntries || wanted !== '' ? (
          <TextField
            className={styles['search']}
            label={`Find in the ${title.toLowerCase()}`}
            hideLabel
            small
            icon={<Search size={14} aria-hidden="true" />}
            placeholder="Name or address"
            type="search"
            maxLength={200}
            value={search}
            onChange={setSearch}
          />
        ) : null}
      </PageHead>
      {!loaded ? (
        <NotRead what={`The ${title.toLowerCase()}`} />
      ) : count === 0 ? (
        empty
      ) : found.length === 0 ? (
        <EmptyState title="Nothing matches" action={<Button onClick={() => setSearch('')}>Clear the search</Button>}>
          Search finds in names and addresses.
        </EmptyState>
      ) : (
        <TableScroll ref={measure}>
          <Table columns={shown}>
            <thead>
              <tr>
                {shown.map(({ id, title: words, right }) => (
                  <Th key={id} right={right}>
                    {words}
                  </Th>
                ))}
              </tr>
            </thead>
            <tbody>{found.map(({ entry, index }) => row(entry, index, has))}</tbody>
          </Table>
        </TableScroll>
      )}
      <ChangeBar />
    </main>
  );
}

interface EntryEditorProps {
  /** "pool": names the form together with the entry. */
  kind: string;
  name: string;
  /** The list this entry belongs to. */
  all: EntryList;
  /** At the right edge of the head. */
  aside: ReactNode;
  sections: readonly EditorSection[];
}

/** One entry of the draft in its sections, with the bar of changes below. */
export function EntryEditor({ kind, name, all, aside, sections }: EntryEditorProps) {
  return (
    <main className="screen">
      <PageHead title={name} parent={all} aside={aside} overForm />
      <Editor label={`${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${name}`} sections={sections} />
      <ChangeBar />
    </main>
  );
}

interface DeleteEntryProps {
  /** "pool". */
  kind: string;
  all: EntryList;
  /** What follows from it, or what stands in its way. */
  words: string;
  blocked?: boolean;
  onDelete: () => void;
}

/** Takes an entry out of the draft, and leads back to the list. */
export function DeleteEntry({ kind, all, words, blocked = false, onDelete }: DeleteEntryProps) {
  const wordsId = useId();
  const remove = () => {
    onDelete();
    location.hash = all.href;
  };
  return (
    <ButtonRow>
      <Button small disabled={blocked} aria-describedby={wordsId} onClick={remove}>
        <Trash2 size={12} strokeWidth={2} aria-hidden="true" />
        Delete this {kind}
      </Button>
      <span id={wordsId} className="muted small">
        {words}
      </span>
    </ButtonRow>
  );
}

/** Where an address names an entry that the draft does not have. */
export function NoSuchEntry({ id, kind, all }: { id: string; kind: string; all: EntryList }) {
  const loaded = useDraft((s) => s.loaded);
  return (
    <main className="screen">
      <PageHead title={id} parent={all} />
      {loaded ? (
        <EmptyState
          title={`No ${kind} is called “${id}”`}
          action={<ButtonLink href={all.href}>See all {all.label.toLowerCase()}</ButtonLink>}
        >
          It was removed, or the address is mistyped.
        </EmptyState>
      ) : (
        <NotRead what={`The ${kind}`} />
      )}
      <ChangeBar />
    </main>
  );
}
