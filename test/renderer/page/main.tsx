import '../../../renderer/app/no-eval.ts';
import '../../../renderer/ui/tokens.css';
import '../../../renderer/ui/base.css';
import { mount } from '../../../renderer/app/mount.tsx';
import { createFakeMain, type FakeMain } from '../../../renderer/bridge/fake-client.ts';
import { scenarios } from './scenarios.ts';

declare global {
  interface Window {
    fake: FakeMain;
  }
}

// ?scenario=thousand&theme=light: the screens on a world that stands only in this page.
const query = new URLSearchParams(location.search);
const scenario = scenarios[query.get('scenario') ?? 'healthy'];
if (!scenario) throw new Error(`There is no scenario "${query.get('scenario')}".`);
const fake = createFakeMain({
  ...scenario,
  settings: { theme: query.get('theme') === 'light' ? 'light' : 'dark', motion: query.get('motion') === 'reduced' ? 'reduced' : 'system' },
});
window.fake = fake;
setInterval(() => fake.tick(), 100);
mount(document.getElementById('root')!, fake.client);
