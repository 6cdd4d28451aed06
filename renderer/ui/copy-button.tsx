import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';

interface CopyButtonProps {
  text: string;
  /** What the button says: "Copy as curl". */
  children: string;
}

const saidMs = 2_000;

/** Copies a text and says so for two seconds; where the browser forbids it, it says that and leaves the text to be selected. */
export function CopyButton({ text, children }: CopyButtonProps) {
  const [said, setSaid] = useState<'' | 'Copied' | 'Not allowed to copy'>('');
  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => setSaid(''), saidMs);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
    } catch {
      setSaid('Not allowed to copy');
    }
  };
  return (
    <Button small onClick={() => void copy()}>
      {said === 'Copied' ? <Check size={12} strokeWidth={2} aria-hidden="true" /> : <Copy size={12} strokeWidth={2} aria-hidden="true" />}
      <span aria-live="polite">{said || children}</span>
    </Button>
  );
}
