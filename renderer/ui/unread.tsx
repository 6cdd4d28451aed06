import { Button } from './button.tsx';
import { EmptyState } from './empty-state.tsx';

interface UnreadProps {
  /** "The pools". */
  what: string;
  /** Why, and what to do about it, in sentences. */
  problem: string;
  onRetry: () => void;
}

/** In place of what could not be read: that, why, and a way to ask again. */
export function Unread({ what, problem, onRetry }: UnreadProps) {
  return (
    <EmptyState title={`${what} could not be read`} action={<Button onClick={onRetry}>Try again</Button>}>
      {problem}
    </EmptyState>
  );
}
