import { ArrowRight } from 'lucide-react';
import { Card } from '../../ui/card.tsx';
import { missing } from '../../ui/format.ts';
import type { Measure } from './score-words.ts';
import css from './scorecard.module.css';

/** "api-2 → api-1 7" with a drawn arrow: the character is not in every font. */
function Arrows({ text }: { text: string }) {
  return text.split(' → ').map((part, i) => (
    // Parts never change their order.
    <span key={i}>
      {i > 0 ? <ArrowRight size={12} aria-label="to" /> : null}
      {part}
    </span>
  ));
}

/** Characters of a number with its unit that fit a card in full size, and in a middle one. */
const roomy = 11;
const tight = 13;

function sizeOf({ value, unit }: Measure): 'middle' | 'small' | undefined {
  const length = value.length + unit.length;
  return value.length > 6 || length > tight ? 'small' : length > roomy ? 'middle' : undefined;
}

/** What a failure came to. Each number says on hover and focus what exactly it counts. */
export function Scorecard({ measures }: { measures: readonly Measure[] }) {
  return (
    <Card as="dl" className={`num ${css['cards']}`} data-scorecard data-count={measures.length}>
      {measures.map((measure) => (
        <div key={measure.id} tabIndex={0} data-measure={measure.id} className={css['card']}>
          <dt className="ellipsis" title={measure.name}>
            {measure.name}
          </dt>
          <dd>
            <span className={css['value']} data-size={sizeOf(measure)}>
              <b className={measure.value === missing ? css['unknown'] : undefined}>
                <Arrows text={measure.value} />
              </b>
              {measure.unit ? <span> {measure.unit}</span> : null}
            </span>
            <span className={`${css['below']} ellipsis`} title={measure.below}>
              <Arrows text={measure.below} />
            </span>
            <span role="tooltip" className={`tip ${css['definition']}`}>
              {measure.definition}
            </span>
          </dd>
        </div>
      ))}
    </Card>
  );
}
