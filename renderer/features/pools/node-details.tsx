import type { NodeConfig } from '../../../shared/model/config.ts';
import { DraftNumber, DraftText, DraftTextArea } from '../../forms/draft-fields.tsx';
import { FieldAside, FieldGrid, span } from '../../forms/editor.tsx';
import { useDraft, useStores } from '../../stores/context.tsx';
import type { Path } from '../../stores/draft.ts';
import { formatPath } from '../../../shared/model/validate.ts';
import { Switch } from '../../ui/toggle.tsx';

/** What of a node is rarely changed: TLS to it, and a limit. */
export function NodeDetails({ path, node }: { path: Path; node: NodeConfig }) {
  const { draft } = useStores();
  const tlsPath = [...path, 'tls'];
  const changed = useDraft((s) => s.changes.some((change) => change.path.startsWith(formatPath(tlsPath))));
  const { tls } = node;
  const on = tls !== false;
  const options = { verify: true, ...(typeof tls === 'object' ? tls : {}) };
  const setOption = (key: string, value: unknown) => draft.set(tlsPath, { ...options, [key]: value });
  return (
    <>
      <FieldGrid>
        <DraftNumber path={[...path, 'maxConnections']} />
        <FieldAside>
          0 is no limit. Above it the node is passed over. In the file and the control API this node is called{' '}
          <span className="mono">{node.id}</span>.
        </FieldAside>
      </FieldGrid>
      <Switch
        label="TLS to the node"
        hint="Traffic to this node is encrypted, and its certificate is verified against the system's authorities."
        checked={on}
        changed={changed}
        onChange={(next) => draft.set(tlsPath, next)}
      />
      {on ? (
        <>
          <FieldGrid>
            <div className={span.two}>
              <Switch
                label="Verify the certificate"
                hint="Off accepts any certificate, a forged one too."
                checked={options.verify}
                onChange={(verify) => setOption('verify', verify)}
              />
            </div>
            <DraftText
              path={[...tlsPath, 'serverName']}
              optional
              mono
              placeholder={node.address.replace(/:\d+$/, '')}
              className={span.two}
              hint="Sent as SNI and looked for in the certificate. Default: the node's host."
            />
          </FieldGrid>
          <FieldGrid>
            <DraftText
              path={[...tlsPath, 'caFile']}
              optional
              mono
              className={span.two}
              placeholder="the system's"
              hint="A PEM file beside the configuration, instead of the system's authorities."
            />
            <DraftTextArea
              path={[...tlsPath, 'caPem']}
              optional
              mono
              rows={2}
              className={span.two}
              placeholder="-----BEGIN CERTIFICATE-----"
              hint="Or the authority's text itself."
            />
          </FieldGrid>
        </>
      ) : null}
    </>
  );
}
