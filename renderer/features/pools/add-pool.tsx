import { useState } from 'react';
import { useDraft, useStores } from '../../stores/context.tsx';
import { newPool } from '../../stores/draft.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';

/** Asks for the new pool's name, adds it to the draft and goes to its editor. */
export function AddPool({ onClose }: { onClose: () => void }) {
  const { draft } = useStores();
  const pools = useDraft((s) => s.draft.pools);
  const [name, setName] = useState('');
  const [asked, setAsked] = useState(false);
  const trimmed = name.trim();
  const pool = newPool(
    trimmed,
    pools.map((one) => one.id),
  );
  const error =
    trimmed === '' ? 'Give it a name, such as Web or API.' : trimmed.length > 100 ? 'A name has at most 100 characters.' : undefined;
  const add = () => {
    setAsked(true);
    if (error) return;
    draft.edit((config) => ({ ...config, pools: [...config.pools, pool] }));
    onClose();
    location.hash = `#/pools/${encodeURIComponent(pool.id)}`;
  };
  return (
    <Dialog
      title="Add a pool"
      onClose={onClose}
      onSubmit={add}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit">
            Add the pool
          </Button>
        </>
      }
    >
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        error={asked ? error : undefined}
        hint={
          trimmed === '' ? 'A pool is a group of nodes that can stand in for each other.' : `In the file and the control API: ${pool.id}`
        }
      />
    </Dialog>
  );
}
