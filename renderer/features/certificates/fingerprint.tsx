import { Fragment } from 'react';

/** A fingerprint that may break between its pairs, and is copied without the breaks. */
export function Fingerprint({ text }: { text: string }) {
  return text.split(':').map((pair, i) => (
    <Fragment key={i}>
      {i > 0 ? ':' : ''}
      <wbr />
      {pair}
    </Fragment>
  ));
}
