import { Component, type ReactNode, Suspense } from 'react';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';

interface FrameProps {
  /** Shown while the screen is fetched and where it fails: "Pools". */
  name: string;
  children: ReactNode;
}

/** Holds a screen: still while it is fetched, and with a way on when it cannot be shown. The rest of the window stays. */
export class ScreenFrame extends Component<FrameProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    const { name, children } = this.props;
    if (this.state.failed)
      return (
        <main className="screen">
          <div className="page-head">
            <h1>{name}</h1>
          </div>
          <EmptyState
            title="This screen cannot be shown"
            action={
              <Button look="primary" onClick={() => location.reload()}>
                Load the window again
              </Button>
            }
          >
            Its files could not be read, or it failed. Balancing goes on; what was not applied yet is lost with the window.
          </EmptyState>
        </main>
      );
    return <Suspense fallback={<main className="screen" aria-busy="true" aria-label={name} />}>{children}</Suspense>;
  }
}
