import type { ControlPlane } from '../control/control-plane.ts';
import type { KeyValueStore } from '../store/electron-store.ts';
import { Announcements } from './announcements.ts';
import { expiringCertificates } from './certificate-expiry.ts';
import { DarkListeners } from './dark-listeners.ts';
import type { EngineMirror } from './engine-mirror.ts';
import { Notices, type Notice, type NoticeKind } from './notices.ts';
import { isQuiet } from './quiet-hours.ts';

/** Certificates are looked at when the program starts and then this often: a machine that sleeps misses no day. Milliseconds. */
const certificatesEveryMs = 6 * 3_600_000;

const toldKey = 'certificatesTold';
const switches = { nodes: 'notifyNodes', allDown: 'notifyAllDown', certificates: 'notifyCertificates' } as const;

export interface AnnounceOptions {
  plane: ControlPlane;
  mirror: () => EngineMirror['snapshot'];
  preferences: KeyValueStore;
  /** The window is in front. */
  isWatched(): boolean;
  /** Somebody clicked: the window is to show that moment. */
  onOpen(notice: Notice): void;
}

/** Has the system announce what happens. */
export interface Announcer {
  /** The engine's state has changed. */
  look(): void;
  close(): void;
}

export function announce({ plane, mirror, preferences, isWatched, onOpen }: AnnounceOptions): Announcer {
  const announcements = new Announcements();
  const notices = new Notices({
    now: () => Date.now(),
    after: (ms, fn) => {
      const timer = setTimeout(fn, ms);
      return () => {
        clearTimeout(timer);
      };
    },
    wanted: (kind: NoticeKind) => {
      const settings = plane.settings();
      return settings[switches[kind]] && !isQuiet(settings.quietHours, new Date());
    },
    isWatched,
    nodeName: (pool, node) =>
      mirror()
        ?.pools.find((one) => one.id === pool)
        ?.nodes.find((one) => one.id === node)?.label ?? node,
    show: (notice) => {
      announcements.show(notice, () => {
        onOpen(notice);
      });
    },
  });

  const stop = plane.subscribe('journal.entry', (entry) => {
    if (entry.kind === 'engine.restarted') notices.engineRestarted(entry.reason ?? '', entry.time);
    else notices.fact(entry);
  });
  const dark = new DarkListeners();
  const look = (): void => {
    const snapshot = mirror();
    // Closed by the owner's own hand: that is no news.
    if (!snapshot || plane.info().paused) return;
    const changed = dark.look(snapshot.listeners, snapshot.pools);
    for (const { name, why } of changed.dark) notices.wentDark(name, why);
    for (const name of changed.serves) notices.serves(name);
  };

  const lookAtCertificates = async (): Promise<void> => {
    const told = { ...(preferences.get(toldKey) as Record<string, number> | undefined) };
    for (const { key, stage, title, body } of expiringCertificates(await plane.workspace.certificates(), told, Date.now())) {
      // In quiet hours, or while somebody looks at the window, it is not told, and so it is tried again.
      if (!notices.certificate(title, body)) continue;
      told[key] = stage;
      preferences.set(toldKey, told);
    }
  };
  const certificates = setInterval(() => void lookAtCertificates(), certificatesEveryMs);
  certificates.unref();
  void lookAtCertificates();

  return {
    look,
    close() {
      clearInterval(certificates);
      stop();
      notices.close();
    },
  };
}
