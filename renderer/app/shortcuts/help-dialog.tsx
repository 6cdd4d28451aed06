import { Fragment } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { keyName, shortcutGroups } from './shortcuts.ts';
import css from './help-dialog.module.css';

/** Every shortcut there is. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      title="Keyboard shortcuts"
      wide
      onClose={onClose}
      actions={
        <Button look="primary" data-first-focus onClick={onClose}>
          Close
        </Button>
      }
    >
      <div className={css['groups']}>
        {shortcutGroups.map(({ title, shortcuts }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {shortcuts.map(({ keys, words }) => (
                <div key={keys.join(' ')}>
                  <dt>
                    {keys.map((key, i) => (
                      <Fragment key={key}>
                        {i > 0 ? <span>{keys[0] === 'Mod' ? '+' : 'then'}</span> : null}
                        <kbd>{keyName(key)}</kbd>
                      </Fragment>
                    ))}
                  </dt>
                  <dd>{words}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="small muted">While you type in a field, only {keyName('Mod')} + K is heard.</p>
    </Dialog>
  );
}
