import { useCallback, useEffect, useState } from 'react';
import { useStores } from '../../stores/context.tsx';
import { Palette } from '../palette/palette.tsx';
import { leavePresenting, Present, usePresenting } from '../present/present.tsx';
import { fetchScreens, screens } from '../screens.tsx';
import { useRoute } from '../router.ts';
import { HelpDialog } from '../shortcuts/help-dialog.tsx';
import { screenName } from '../shortcuts/shortcuts.ts';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { focusFind } from './find.ts';
import { LastNodeDialog } from './last-node-dialog.tsx';
import { Nav } from './nav.tsx';
import { OfflineBanner } from './offline-banner.tsx';
import { togglePause } from './pause.ts';
import { ScreenFrame } from './screen-frame.tsx';
import { Toasts } from './toasts.tsx';
import css from './shell.module.css';
import { TopBar } from './top-bar.tsx';

/** The frame: navigation, the bar that is always in view, the screen. Presenting takes all of it. */
export function Shell() {
  const stores = useStores();
  const route = useRoute();
  const presenting = usePresenting();
  const [open, setOpen] = useState<'palette' | 'help' | null>(null);
  const close = useCallback(() => setOpen(null), []);
  const openHelp = useCallback(() => setOpen('help'), []);
  useShortcuts({
    palette: () => setOpen('palette'),
    help: openHelp,
    find: focusFind,
    pause: () => togglePause(stores),
    present: () => (presenting ? leavePresenting() : (location.hash = '#/present')),
    undo: () => stores.modes.undo(),
  });
  useEffect(fetchScreens, []);
  const Screen = screens[route.screen];
  return (
    <>
      {presenting ? (
        <Present />
      ) : (
        <div className={css['app']}>
          <OfflineBanner />
          <Nav current={route.screen} />
          <TopBar onPalette={() => setOpen('palette')} />
          <div className={css['content']}>
            <ScreenFrame key={route.screen} name={screenName(route.screen)}>
              <Screen parts={route.parts} />
            </ScreenFrame>
            <Toasts />
          </div>
        </div>
      )}
      {open === 'palette' ? <Palette onClose={close} openHelp={openHelp} /> : null}
      {open === 'help' ? <HelpDialog onClose={close} /> : null}
      <LastNodeDialog />
    </>
  );
}
