import { type Flight, flightKeyframes, type Point, stagger } from '../../map/flight.ts';
import { nodeKey } from '../../../shared/state/patch.ts';
import { textScale } from '../../ui/text-scale.ts';
import type { Move } from './clients-feed.ts';

/** Milliseconds one client takes to its new node. */
const flightMs = 600;
/** With more clients than chips can show, this many squares stand for all that move. */
const maxSquares = 24;
/** How far right of the clients' column the arc leans, where the gutter is that wide. Pixels at the usual text size. */
const lean = 44;

interface Waiting {
  move: Move;
  /** Where it was, in the content's own pixels; undefined where it had no chip. */
  from: Point | undefined;
}

const middleOf = (rect: DOMRect, origin: DOMRect): Point => ({
  x: (rect.left + rect.right) / 2 - origin.left,
  y: (rect.top + rect.bottom) / 2 - origin.top,
});

/**
 * Lets client chips travel. A chip is drawn by React at its new place at once; what is animated is its way there, so that
 * nothing is wrong should an animation never run.
 */
export class FlightDeck {
  private readonly content: HTMLElement;
  private readonly onFlights: (flights: Flight[]) => void;
  private waiting: Waiting[] = [];
  private readonly squares = new Set<HTMLElement>();

  constructor(content: HTMLElement, onFlights: (flights: Flight[]) => void) {
    this.content = content;
    this.onFlights = onFlights;
  }

  destroy(): void {
    for (const square of this.squares) square.remove();
  }

  /** Notes where clients are that are about to move. */
  announce(moves: readonly Move[]): void {
    const origin = this.content.getBoundingClientRect();
    for (const move of moves) {
      const rect = this.chip(move.id)?.getBoundingClientRect();
      this.waiting.push({ move, from: rect && middleOf(rect, origin) });
    }
  }

  /** Called after the chips stand at their new places: sends them there from where they were. */
  depart(): void {
    if (this.waiting.length === 0) return;
    const leaving = this.waiting;
    this.waiting = [];
    const origin = this.content.getBoundingClientRect();
    const now = performance.now();
    const scale = textScale();
    const onMap = (point: Point): Point => ({ x: point.x / scale, y: point.y / scale });
    const flights: Flight[] = [];
    const column = this.content.querySelector('[data-group]')?.getBoundingClientRect();
    const gutter = (column ? column.right - origin.left : 0) + lean * scale;
    const start = (element: HTMLElement, from: Point, to: Point, delay: number, whenDone: () => void) => {
      const flight: Flight = { from, to, gutter, startsAt: now + delay, duration: flightMs };
      element.dataset['flying'] = '';
      const animation = element.animate(flightKeyframes(flight), { duration: flightMs, delay, fill: 'backwards' });
      animation.onfinish = animation.oncancel = () => {
        delete element.dataset['flying'];
        whenDone();
      };
      flights.push({ ...flight, from: onMap(from), to: onMap(to), gutter: gutter / scale });
    };

    const chips = leaving.flatMap(({ move, from }) => {
      const element = this.chip(move.id);
      return element && from ? [{ element, from }] : [];
    });
    const delays = stagger(chips.length);
    chips.forEach(({ element, from }, i) => {
      const rect = element.getBoundingClientRect();
      start(element, from, middleOf(rect, origin), delays[i]!, () => {});
    });

    const unnamed = leaving.filter(({ from, move }) => !from || !this.chip(move.id)).slice(0, maxSquares);
    const squareDelays = stagger(unnamed.length);
    unnamed.forEach(({ move }, i) => {
      const from = this.middle(nodeKey(move.pool, move.from), origin);
      const to = this.middle(nodeKey(move.pool, move.to), origin);
      if (!from || !to) return;
      const square = document.createElement('i');
      square.className = 'flying-square';
      square.style.left = `${to.x}px`;
      square.style.top = `${to.y}px`;
      this.content.append(square);
      this.squares.add(square);
      start(square, from, to, squareDelays[i]!, () => {
        square.remove();
        this.squares.delete(square);
      });
    });
    if (flights.length > 0) this.onFlights(flights);
  }

  private chip(id: string): HTMLElement | null {
    return this.content.querySelector<HTMLElement>(`[data-client="${CSS.escape(id)}"]`);
  }

  private middle(lane: string, origin: DOMRect): Point | undefined {
    const rect = this.content.querySelector(`[data-group="${CSS.escape(lane)}"]`)?.getBoundingClientRect();
    return rect && { x: rect.right - 24 * textScale() - origin.left, y: (rect.top + rect.bottom) / 2 - origin.top };
  }
}
