import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { ClientProvider } from '../../bridge/context.tsx';
import { StoresProvider, useStores } from '../../stores/context.tsx';
import type { PastStores } from '../../stores/past-stores.ts';
import { replayClient } from '../../stores/replay-client.ts';
import { Palette } from '../palette/palette.tsx';
import { leavePresenting, Present, usePresenting } from '../present/present.tsx';
import { BeforeSetup } from '../replay/before-setup.tsx';
import { ReplayBanner } from '../replay/replay-banner.tsx';
import { toggleReplay } from '../replay/toggle-replay.ts';
import { usePast } from '../replay/use-past.ts';
import { fetchScreens, screens } from '../screens.tsx';
import { type ScreenId, useRoute } from '../router.ts';
import { HelpDialog } from '../shortcuts/help-dialog.tsx';
import { screenName } from '../shortcuts/shortcuts.ts';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { focusFind } from './find.ts';
import { LastNodeDialog } from './last-node-dialog.tsx';
import { Nav } from './nav.tsx';
import { OfflineBanner } from './offline-banner.tsx';
import { togglePause } from './pause.ts';
import { PausedBanner } from './paused-banner.tsx';
import { ScreenFrame } from './screen-frame.tsx';
import { Toasts } from './toasts.tsx';
import css from './shell.module.css';
import { TopBar } from './top-bar.tsx';

/** Puts a screen on the stores of a replay, with a control plane that changes nothing; or leaves it on the window's own. */
function PastOrNow({ past, children }: { past: PastStores | null; children: ReactNode }) {
  if (!past) return children;
  return (
    <ClientProvider client={replayClient}>
      <StoresProvider stores={past}>{children}</StoresProvider>
    </ClientProvider>
  );
}

/** Screens that show the past while a run is replayed; all others stay with now. */
const pastScreens: ReadonlySet<ScreenId> = new Set(['live', 'timeline']);

/** The frame: navigation, the bar that is always in view, the screen. Presenting takes all of it. */
export function Shell() {
  const stores = useStores();
  const route = useRoute();
  const presenting = usePresenting();
  const replayed = usePast();
  const past = presenting || pastScreens.has(route.screen) ? replayed : null;
  const [open, setOpen] = useState<'palette' | 'help' | null>(null);
  const close = useCallback(() => setOpen(null), []);
  const openHelp = useCallback(() => setOpen('help'), []);
  useShortcuts({
    palette: () => setOpen('palette'),
    help: openHelp,
    find: focusFind,
    pause: () => (past ? toggleReplay(stores.replay) : togglePause(stores)),
    present: () => (presenting ? leavePresenting() : (location.hash = '#/present')),
    undo: () => stores.modes.undo(),
  });
  useEffect(fetchScreens, []);
  const Screen = screens[route.screen];
  return (
    <>
      {presenting ? (
        <PastOrNow past={past}>
          <Present />
        </PastOrNow>
      ) : (
        <div className={css['app']}>
          <div className={css['banners']}>
            <OfflineBanner />
            <PausedBanner />
          </div>
          <Nav current={route.screen} />
          <TopBar past={past} waits={replayed !== null} onPalette={() => setOpen('palette')} />
          {past ? <ReplayBanner onTimeline={route.screen === 'timeline'} /> : null}
          <div className={css['content']}>
            <PastOrNow past={route.screen === 'timeline' ? null : past}>
              <ScreenFrame key={route.screen} name={screenName(route.screen)}>
                {past && route.screen === 'live' ? (
                  <BeforeSetup>
                    <Screen parts={route.parts} query={route.query} />
                  </BeforeSetup>
                ) : (
                  <Screen parts={route.parts} query={route.query} />
                )}
              </ScreenFrame>
            </PastOrNow>
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
