import '../../renderer/app/no-eval.ts';
import '../../renderer/ui/tokens.css';
import '../../renderer/ui/base.css';
import { mount } from '../../renderer/app/mount.tsx';
import { ContractError } from '../../shared/contract/envelope.ts';
import { createFakeMain, type FakeMain, type FakeOptions } from '../../renderer/bridge/fake-client.ts';

declare global {
  interface Window {
    /** Set by the test before the page's scripts run. */
    fakeOptions?: FakeOptions;
    isFakeUnreached?: boolean;
    fake: FakeMain;
    ContractError: typeof ContractError;
  }
}

const fake = createFakeMain(window.fakeOptions ?? {});
window.fake = fake;
window.ContractError = ContractError;
if (window.isFakeUnreached) fake.setConnected(false);
setInterval(() => fake.tick(), 100);
mount(document.getElementById('root')!, fake.client);
