import '../../renderer/app/no-eval.ts';
import '../../renderer/ui/tokens.css';
import '../../renderer/ui/base.css';
import { mount } from '../../renderer/app/mount.tsx';
import { createFakeMain, type FakeMain, type FakeOptions } from '../../renderer/bridge/fake-client.ts';

declare global {
  interface Window {
    /** Set by the test before the page's scripts run. */
    fakeOptions?: FakeOptions;
    fake: FakeMain;
  }
}

const fake = createFakeMain(window.fakeOptions ?? {});
window.fake = fake;
setInterval(() => fake.tick(), 100);
mount(document.getElementById('root')!, fake.client);
