import { screens } from '../screens.tsx';
import { useRoute } from '../router.ts';
import { Nav } from './nav.tsx';
import { OfflineBanner } from './offline-banner.tsx';
import { Toasts } from './toasts.tsx';
import css from './shell.module.css';
import { TopBar } from './top-bar.tsx';

/** The frame: navigation, the bar that is always in view, the screen. */
export function Shell() {
  const route = useRoute();
  const Screen = screens[route.screen];
  return (
    <div className={css['app']}>
      <OfflineBanner />
      <Nav current={route.screen} />
      <TopBar />
      <div className={css['content']}>
        <Screen parts={route.parts} />
        <Toasts />
      </div>
    </div>
  );
}
