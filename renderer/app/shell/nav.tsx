import {
  ChartLine,
  ChartNoAxesGantt,
  FlaskConical,
  List,
  LogIn,
  Route as RouteIcon,
  Server,
  ShieldCheck,
  SlidersHorizontal,
  Users,
  type LucideIcon,
} from 'lucide-react';
import { useEngine, useTraffic } from '../../stores/context.tsx';
import { formatCount, formatDuration } from '../../ui/format.ts';
import { useNow } from '../../ui/use-now.ts';
import type { ScreenId } from '../router.ts';
import css from './shell.module.css';

interface Item {
  id: ScreenId;
  name: string;
  icon: LucideIcon;
}

const items: Item[] = [
  { id: 'live', name: 'Live', icon: RouteIcon },
  { id: 'timeline', name: 'Timeline', icon: ChartNoAxesGantt },
  { id: 'pools', name: 'Pools', icon: Server },
  { id: 'listeners', name: 'Listeners', icon: LogIn },
  { id: 'clients', name: 'Clients', icon: Users },
  { id: 'traffic', name: 'Traffic', icon: ChartLine },
  { id: 'requests', name: 'Requests', icon: List },
  { id: 'certificates', name: 'Certificates', icon: ShieldCheck },
  { id: 'lab', name: 'Lab', icon: FlaskConical },
];
const settings: Item = { id: 'settings', name: 'Settings', icon: SlidersHorizontal };

function NavLink({ item, current, count }: { item: Item; current: boolean; count?: number | null }) {
  const Icon = item.icon;
  return (
    <a className={css['link']} href={`#/${item.id}`} aria-current={current ? 'page' : undefined} title={item.name}>
      <Icon size={16} strokeWidth={1.75} aria-hidden />
      <span>{item.name}</span>
      {count ? <span className={css['count']}>{formatCount(count)}</span> : null}
    </a>
  );
}

function EngineFoot() {
  const connection = useEngine((s) => s.connection);
  const startedAt = useEngine((s) => s.startedAt);
  const idle = useEngine((s) => s.listeners.length === 0);
  const now = useNow();
  const line = connection === 'live' ? 'Engine running' : connection === 'connecting' ? 'Looking for the engine' : 'Engine not reached';
  let below = '';
  if (connection === 'live' && startedAt !== null) below = idle ? 'nothing to serve' : formatDuration(now - startedAt);
  return (
    <div className={css['engine']}>
      {line}
      <br />
      {below}
    </div>
  );
}

/** The way between screens; a rail of icons in a narrow window. */
export function Nav({ current }: { current: ScreenId }) {
  const pools = useEngine((s) => s.pools.length);
  const listeners = useEngine((s) => s.listeners.length);
  const clients = useTraffic().total.clients;
  const counts: Partial<Record<ScreenId, number | null>> = { pools, listeners, clients };
  return (
    <nav className={css['nav']} aria-label="Screens">
      <div className={css['brand']}>
        <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeLinecap="round" strokeLinejoin="round" strokeWidth="2" aria-hidden>
          <path d="M1.5 8h17" />
          <path d="M3.5 8c.5 4.5 3 7 6.5 7s6-2.5 6.5-7" />
          <path d="M10 15v3.5" />
          <circle cx="10" cy="3.6" r="1.6" fill="currentColor" stroke="none" />
        </svg>
        <span>Evenkeel</span>
      </div>
      {items.map((item) => (
        <NavLink key={item.id} item={item} current={item.id === current} count={counts[item.id]} />
      ))}
      <div className={css['spacer']} />
      <NavLink item={settings} current={current === 'settings'} />
      <EngineFoot />
    </nav>
  );
}
