import type { Incident, Run } from '../../../../shared/model/run.ts';
import { nodeNameIn } from '../../../stores/run-events.ts';
import { stateLooks } from '../../../ui/effective-state.ts';
import { formatClock, formatClockTenths, formatCount } from '../../../ui/format.ts';
import { changeMarks, errorMarks, lanesOf, linePath, type Mark, moveBars, piecesOf, recordedSpan, trafficLine } from '../lanes.ts';
import { stretchWords } from '../run-choices.ts';
import { incidentMeasures, runMeasures } from '../score-words.ts';
import { axisMarks, axisStep, placeOf } from '../time-view.ts';
import { box, type Colours, diamond, font, hatch, piece, readColours, ring, write } from './canvas-kit.ts';

const width = 1_280;
const scale = 2;
const margin = 24;
const names = 168;
const lane = 28;
const plot = 60;
/** Nodes drawn at most: a picture taller than that nobody reads, and no browser draws. */
const mostNodes = 60;

function words(ctx: CanvasRenderingContext2D, mark: Mark, x: number, y: number, offset: number, colours: Colours): void {
  if (mark.side === null) return;
  const left = mark.side === 'left';
  write(ctx, mark.words, x + mark.x + (left ? -offset : offset), y + 4, colours.text, { weight: 500, align: left ? 'right' : 'left' });
}

/**
 * The Timeline as a picture, 1,280 pixels wide at twice the density, in the theme of the window.
 * @param time the moment that is marked; null: none.
 * @throws Error when the browser gives no canvas.
 */
export async function timelinePng(run: Run, incident: Incident | undefined, time: number | null): Promise<Blob> {
  // Text drawn before its font is there would be in another.
  await Promise.all([document.fonts.load(font(12)), document.fonts.load(font(28, 600))]);
  const colours = readColours();
  const lanes = lanesOf(run);
  const several = lanes.pools.length > 1;
  const all = lanes.pools.flatMap((pool) =>
    pool.nodes.map((node) => ({ ...node, label: several ? `${pool.name} / ${node.label}` : node.label })),
  );
  const nodes = all.slice(0, mostNodes);
  const name = nodeNameIn(run);
  const measures = incident ? incidentMeasures(incident, (node) => name(incident.pool, node)) : runMeasures(run);

  const cardsTop = 84;
  const lanesTop = cardsTop + 92 + 12;
  const lanesHeight = 36 + nodes.length * lane + 3 * lane + plot + 26;
  const height = lanesTop + lanesHeight + 40;
  const canvas = document.createElement('canvas');
  canvas.width = width * scale;
  canvas.height = height * scale;
  const ctx = canvas.getContext('2d');
  if (!ctx) throw new Error('This browser has no 2D canvas.');
  ctx.scale(scale, scale);
  ctx.fillStyle = colours.bg;
  ctx.fillRect(0, 0, width, height);

  write(ctx, run.name, margin, 42, colours.text, { size: 20, weight: 600, max: 760 });
  const about = incident
    ? `${stretchWords(run.startedAt, run.endedAt)}. ${incident.label} went down: ${incident.reason || 'no reason recorded'}.`
    : stretchWords(run.startedAt, run.endedAt);
  write(ctx, about, margin, 64, colours.muted, { size: 13, max: width - 2 * margin - 160 });
  write(ctx, `Evenkeel ${run.app}`, width - margin, 42, colours.muted, { size: 13, align: 'right' });

  const card = (width - 2 * margin) / measures.length;
  box(ctx, margin, cardsTop, width - 2 * margin, 92, 10, colours.surface, colours.line);
  measures.forEach((measure, i) => {
    const x = margin + i * card;
    if (i > 0) {
      ctx.fillStyle = colours.line;
      ctx.fillRect(x, cardsTop, 1, 92);
    }
    write(ctx, measure.name, x + 14, cardsTop + 26, colours.muted, { max: card - 22 });
    const long = measure.value.length > 6;
    const wide = write(ctx, measure.value, x + 14, cardsTop + 57, colours.text, { size: long ? 15 : 28, weight: 600 });
    write(ctx, measure.unit, x + 14 + wide + 5, cardsTop + 57, colours.muted, { size: 13 });
    write(ctx, measure.below, x + 14, cardsTop + 78, colours.muted, { max: card - 22 });
  });

  const view = recordedSpan(run);
  const left = margin + names;
  const span = width - margin - 20 - left;
  box(ctx, margin, lanesTop, width - 2 * margin, lanesHeight, 10, colours.surface, colours.line);
  const step = axisStep(view, span);
  const bodyTop = lanesTop + 36;
  for (const mark of axisMarks(view, step)) {
    const x = left + placeOf(mark, view, span);
    ctx.fillStyle = colours.line;
    ctx.fillRect(x, bodyTop - 4, 1, lanesHeight - 52);
    if (x > left + 26 && x < left + span - 26)
      write(ctx, step < 1_000 ? formatClockTenths(mark) : formatClock(mark), x, lanesTop + 22, colours.muted, { align: 'center' });
  }
  const head = (text: string, y: number, rest = '') => {
    const wide = write(ctx, text, margin + 16, y + 4, colours.text, { weight: 600, max: names - 60 });
    write(ctx, rest, margin + 16 + wide + 5, y + 4, colours.muted, { max: names - 26 - wide });
  };
  let y = bodyTop + lane / 2;
  for (const node of nodes) {
    head(node.label, y, 'state');
    for (const one of piecesOf(node.steps, view, span, run.endedAt)) {
      piece(ctx, one.state, left + one.x, one.width, y, colours);
      if (one.state === 'healthy' || one.width < 24) continue;
      const { word } = stateLooks[one.state];
      ctx.font = font(12, 600);
      const room = ctx.measureText(word).width + 32;
      const shown = one.width > room + 8;
      const size = shown ? room : 18;
      const at = left + one.x + one.width / 2 - size / 2;
      box(ctx, at, y - 8, size, 16, 3, colours.surface);
      ring(ctx, one.state, at + 9, y, 12, colours);
      if (shown) write(ctx, word, at + 21, y + 4, colours.state[one.state], { weight: 600 });
    }
    y += lane;
  }
  head('Changes', y);
  for (const mark of changeMarks(lanes, view, span)) {
    ctx.fillStyle = colours.text;
    ctx.fillRect(left + mark.x - 0.75, y - 9, 1.5, 18);
    words(ctx, mark, left, y, 7, colours);
  }
  y += lane;
  head('Moves', y, 'clients');
  for (const bar of moveBars(lanes, view, span)) {
    const tall = 4 + 16 * bar.share;
    ctx.fillStyle = colours.flow;
    ctx.fillRect(left + bar.x, y + 10 - tall, 9, tall);
    words(ctx, bar, left, y, 15, colours);
  }
  y += lane;
  head('Errors', y);
  for (const mark of errorMarks(run, view, span)) {
    diamond(ctx, left + mark.x, y, mark.lost > 0 ? colours.state.down : colours.surface, colours.state.down);
    words(ctx, mark, left, y, 11, colours);
  }
  y += lane / 2;
  const line = trafficLine(run, view, span);
  head('Traffic', y + plot / 2, `0 to ${formatCount(line.top)} req/s`);
  ctx.save();
  ctx.translate(left, y + 8);
  ctx.strokeStyle = colours.text;
  ctx.lineWidth = 1.25;
  ctx.stroke(new Path2D(linePath(line, plot)));
  ctx.fillStyle = colours.line;
  ctx.fillRect(0, plot + 1, span, 1);
  ctx.restore();
  for (const gap of run.gaps) {
    const [from, to] = [Math.max(0, placeOf(gap.from, view, span)), Math.min(span, placeOf(gap.to, view, span))];
    if (to <= from) continue;
    box(ctx, left + from, bodyTop, to - from, lanesHeight - 60, 0, colours.surface);
    hatch(ctx, left + from, bodyTop, to - from, lanesHeight - 60, colours.lineStrong, 8, 1);
  }
  if (time !== null) {
    const x = left + placeOf(time, view, span);
    ctx.fillStyle = colours.text;
    ctx.fillRect(x - 0.75, bodyTop - 6, 1.5, lanesHeight - 52);
    const text = formatClockTenths(time);
    ctx.font = font(12, 600);
    const room = ctx.measureText(text).width + 14;
    const at = Math.max(left, Math.min(left + span - room, x - room / 2));
    box(ctx, at, lanesTop + lanesHeight - 24, room, 18, 6, colours.text);
    write(ctx, text, at + 7, lanesTop + lanesHeight - 11, colours.bg, { weight: 600 });
  }
  let x = margin;
  const foot = height - 15;
  for (const state of ['healthy', 'checking', 'down'] as const) {
    ring(ctx, state, x + 8, foot - 4, 14, colours);
    x +=
      22 +
      write(ctx, { healthy: 'solid: healthy', checking: 'dashed: checking', down: 'hatched: down' }[state], x + 20, foot, colours.muted) +
      18;
  }
  diamond(ctx, x + 7, foot - 4, colours.state.down, colours.state.down);
  x += 18 + write(ctx, 'diamond: error, empty: retried well', x + 18, foot, colours.muted) + 20;
  if (all.length > nodes.length) write(ctx, `${formatCount(all.length - nodes.length)} more nodes are not drawn`, x, foot, colours.muted);

  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The canvas could not be read.'))), 'image/png');
  });
}
