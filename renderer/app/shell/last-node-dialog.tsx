import { useModes, useStores } from '../../stores/context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

/** Asked before the last node that serves is taken away, wherever in the window that was tried. */
export function LastNodeDialog() {
  const { modes } = useStores();
  const question = useModes((s) => s.question);
  if (!question) return null;
  const no = () => modes.answer(false);
  return (
    <Dialog
      title={question.title}
      onClose={no}
      actions={
        <>
          <Button onClick={() => modes.answer(true)}>Set it to {question.to} anyway</Button>
          <Button look="primary" data-first-focus onClick={no}>
            Keep it in {question.from}
          </Button>
        </>
      }
    >
      <p>{question.text}</p>
    </Dialog>
  );
}
