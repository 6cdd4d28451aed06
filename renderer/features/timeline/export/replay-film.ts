import type { Incident, Run } from '../../../../shared/model/run.ts';
import type { NodeState } from '../../../../shared/model/state.ts';
import { nodeKey } from '../../../../shared/state/patch.ts';
import { replayOf } from '../../../../shared/state/replay.ts';
import { type Box, type Edge, layBands } from '../../../map/bands.ts';
import { MeasuredCurve } from '../../../map/curve.ts';
import { DotField, type Stream } from '../../../map/dot-field.ts';
import { paint, type PaintedBand, readPalette } from '../../../map/painter.ts';
import { pixelsPerRate, requestsPerDot, travelSeconds } from '../../../map/scales.ts';
import { nodeNameIn } from '../../../stores/run-events.ts';
import { type EffectiveState, effectiveState, stateLooks } from '../../../ui/effective-state.ts';
import { formatClockTenths, formatCount, formatDay, formatRate } from '../../../ui/format.ts';
import { TrafficRings } from '../../../stores/traffic-rings.ts';
import { incidentMeasures, runMeasures } from '../score-words.ts';
import { box, type Colours, font, hatch, readColours, ring, write } from './canvas-kit.ts';

/** Size of the film, pixels. */
export const filmWidth = 1_280;
export const filmHeight = 720;

const bannerHeight = 52;
const captionHeight = 96;
/** Nodes drawn at most; the ones of the incident's pool come first. */
const mostNodes = 8;
const square = 9;
const pitch = 12;

interface Lane {
  pool: string;
  poolName: string;
  node: NodeState;
  key: string;
  state: EffectiveState;
}

/** Draws a run as a film: the map of each moment, under a banner that says it is a replay, over its scorecard. */
export class ReplayFilm {
  private readonly ctx: CanvasRenderingContext2D;
  private readonly run: Run;
  private readonly incident: Incident | undefined;
  private readonly colours: Colours = readColours();
  private readonly palette = readPalette(document.documentElement);
  private readonly rings = new TrafficRings();
  private readonly dots = new DotField();
  private perRate = 0.2;
  private perDot = 1;
  private ticks = 0;
  private time: number;
  private ids = '';

  constructor(canvas: HTMLCanvasElement, run: Run, incident: Incident | undefined) {
    const ctx = canvas.getContext('2d', { alpha: false });
    if (!ctx) throw new Error('This browser has no 2D canvas.');
    canvas.width = filmWidth;
    canvas.height = filmHeight;
    this.ctx = ctx;
    this.run = run;
    this.incident = incident;
    this.time = run.startedAt;
  }

  /** The fonts it writes in; drawn before they are there, words would be in others. */
  static async ready(): Promise<void> {
    await Promise.all([document.fonts.load(font(12)), document.fonts.load(font(28, 600))]);
  }

  /** Draws the moment `time`; moments must not go back. @param seconds how long the film went on since the frame before. */
  draw(time: number, seconds: number): void {
    const { ctx, colours, run } = this;
    const replay = replayOf(run);
    const frame = replay.at(time);
    for (const tick of run.ticks.slice(this.ticks, frame.ticks)) this.rings.push(tick);
    this.ticks = frame.ticks;
    this.time = frame.time;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.fillStyle = colours.bg;
    ctx.fillRect(0, 0, filmWidth, filmHeight);

    const view = this.rings.view();
    const pools = frame.snapshot.pools.toSorted((a, b) => Number(b.id === this.incident?.pool) - Number(a.id === this.incident?.pool));
    const all = pools.flatMap((pool) =>
      pool.nodes.map((node): Lane => ({
        pool: pool.id,
        poolName: pool.name,
        node,
        key: nodeKey(pool.id, node.id),
        state: effectiveState(node),
      })),
    );
    const lanes = all.slice(0, mostNodes);
    const shownPools = pools.filter((pool) => lanes.some((lane) => lane.pool === pool.id));
    const top = bannerHeight + 14;
    const room = filmHeight - captionHeight - 14 - top;
    const pace = room / Math.max(1, lanes.length);
    const tall = Math.min(104, pace - 10);
    const middle = (i: number) => top + pace * (i + 0.5);
    const boxes = new Map<string, Box>();
    const edges: Edge[] = [];

    lanes.forEach((lane, i) => {
      boxes.set(`group:${lane.key}`, { left: 28, right: 292, y: middle(i) });
      boxes.set(`node:${lane.key}`, { left: 960, right: 1_252, y: middle(i) });
    });
    for (const pool of shownPools) {
      const own = lanes.flatMap((lane, i) => (lane.pool === pool.id ? [i] : []));
      const y = own.reduce((sum, i) => sum + middle(i), 0) / Math.max(1, own.length);
      boxes.set(`pool:${pool.id}`, { left: 700, right: 830, y });
      const listeners = frame.snapshot.listeners.filter((listener) => listener.pool === pool.id);
      const [listener] = listeners;
      boxes.set(`listener:${pool.id}`, { left: 440, right: 580, y });
      const rate = listeners.reduce((sum, one) => sum + (view.listeners.get(one.id)?.requestsPerSecond ?? 0), 0);
      edges.push({
        id: `trunk ${pool.id}`,
        from: `listener:${pool.id}`,
        to: `pool:${pool.id}`,
        rate,
        latency: view.total.p50,
        look: 'plain',
        chosen: false,
      });
      this.card(440, y, 140, 64, listener?.name ?? 'No listener', listener?.address ?? '');
      this.card(700, y, 130, 64, pool.name, `${pool.available} of ${pool.nodes.length} take new`);
    }
    lanes.forEach((lane, i) => {
      const rates = view.nodes.get(lane.key);
      const rate = rates?.requestsPerSecond ?? 0;
      const clients = frame.clients.filter((client) => client.pool === lane.pool && client.node === lane.node.id).length;
      const look =
        lane.state === 'down'
          ? 'down'
          : lane.state === 'draining' || lane.state === 'backup'
            ? lane.state
            : lane.state === 'rejecting'
              ? 'off'
              : 'plain';
      const latency = rates?.p50 ?? null;
      if (clients > 0 || rate > 0)
        edges.push({
          id: `in ${lane.key}`,
          from: `group:${lane.key}`,
          to: `listener:${lane.pool}`,
          rate,
          latency,
          look: rate > 0 ? 'plain' : 'off',
          chosen: false,
        });
      edges.push({ id: `out ${lane.key}`, from: `pool:${lane.pool}`, to: `node:${lane.key}`, rate, latency, look, chosen: false });
      this.group(lane, clients, middle(i), tall);
      this.node(lane, rates ? rate : null, middle(i), tall);
    });
    this.flow(edges, boxes, seconds);
    if (all.length > lanes.length)
      write(ctx, `and ${formatCount(all.length - lanes.length)} more nodes`, 1_252, filmHeight - captionHeight - 6, colours.muted, {
        align: 'right',
      });
    this.banner(frame.gap !== null);
    this.caption();
  }

  private flow(edges: readonly Edge[], boxes: ReadonlyMap<string, Box>, seconds: number): void {
    this.perRate = pixelsPerRate(Math.max(0, ...edges.map((edge) => edge.rate)), this.perRate);
    const bands = layBands(edges, boxes, this.perRate).map((band): PaintedBand => ({
      ...band,
      measured: new MeasuredCurve(band.curve),
      shown: band.width,
    }));
    const streams = bands.map((band): Stream => ({
      rate: band.look === 'down' ? 0 : band.rate,
      seconds: Math.max(0.3, travelSeconds(band.latency) * Math.min(1.4, Math.abs(band.curve.x2 - band.curve.x1) / 160)),
    }));
    this.perDot = requestsPerDot(
      streams.reduce((sum, stream) => sum + stream.rate * stream.seconds, 0),
      this.perDot,
    );
    const names = bands.map((band) => band.id);
    const ids = names.join('\n');
    if (ids === this.ids) this.dots.advance(seconds, names, streams, this.perDot);
    else this.dots.fill(streams, this.perDot);
    this.ids = ids;
    paint(this.ctx, { bands, dots: this.dots, diamonds: [], flights: [], now: 0 }, this.palette);
  }

  private card(x: number, y: number, width: number, height: number, title: string, below: string): void {
    box(this.ctx, x, y - height / 2, width, height, 10, this.colours.surface, this.colours.lineStrong);
    write(this.ctx, title, x + 14, y - 4, this.colours.text, { size: 15, weight: 600, max: width - 24 });
    write(this.ctx, below, x + 14, y + 16, this.colours.muted, { size: 12, max: width - 24 });
  }

  private group({ node, state }: Lane, clients: number, y: number, tall: number): void {
    const { ctx, colours } = this;
    write(ctx, node.label, 28, y - tall / 2 + 16, colours.text, { size: 13, weight: 600, max: 150 });
    write(ctx, `${formatCount(clients)} ${clients === 1 ? 'client' : 'clients'}`, 292, y - tall / 2 + 16, colours.muted, {
      size: 13,
      align: 'right',
    });
    const perRow = Math.floor(264 / pitch);
    const rows = Math.max(1, Math.floor((tall - 26) / pitch));
    ctx.fillStyle = state === 'down' ? colours.muted : colours.flow;
    for (let i = 0; i < Math.min(clients, perRow * rows); i++)
      ctx.fillRect(28 + (i % perRow) * pitch, y - tall / 2 + 26 + Math.floor(i / perRow) * pitch, square, square);
  }

  private node({ node, state }: Lane, rate: number | null, y: number, tall: number): void {
    const { ctx, colours } = this;
    const top = y - tall / 2;
    box(ctx, 960, top, 292, tall, 10, colours.surface, state === 'down' ? colours.state.down : colours.lineStrong);
    const big = tall >= 64;
    ring(ctx, state, 960 + (big ? 34 : 24), y, big ? 40 : 24, colours);
    const x = 960 + (big ? 66 : 44);
    write(ctx, node.label, x, big ? top + 26 : y + 5, colours.text, { size: 15, weight: 600, max: big ? 120 : 90 });
    const { word } = stateLooks[state];
    ctx.font = font(13, 600);
    const wide = ctx.measureText(word).width;
    const wordY = big ? top + 26 : y + 5;
    if (state === 'down') box(ctx, 1_238 - wide - 14, wordY - 15, wide + 14, 20, 6, colours.state.down);
    write(ctx, word, 1_238 - (state === 'down' ? 7 : 0), wordY, state === 'down' ? colours.onDown : colours.state[state], {
      size: 13,
      weight: 600,
      align: 'right',
    });
    if (!big) return;
    const troubled = state === 'down' || state === 'checking';
    write(ctx, troubled ? node.reason : node.address, x, top + 46, colours.muted, { size: 12, max: 172 });
    if (tall >= 84) write(ctx, `${formatRate(rate)} req/s`, x, top + 68, colours.text, { size: 13, weight: 600 });
  }

  private banner(inGap: boolean): void {
    const { ctx, colours } = this;
    box(ctx, 0, 0, filmWidth, bannerHeight, 0, colours.surface2);
    hatch(ctx, 0, 0, filmWidth, bannerHeight, colours.surface3, 12, 2.4);
    ctx.font = font(15, 650);
    const label = 'Replay, not live';
    const wide = ctx.measureText(label).width + 24;
    box(ctx, 24, 11, wide, 30, 6, colours.text);
    write(ctx, label, 36, 31, colours.bg, { size: 15, weight: 650 });
    const words = `${this.run.name}, ${formatDay(this.time)} at ${formatClockTenths(this.time)}${inGap ? ': nobody recorded here' : ''}`;
    ctx.font = font(15);
    const room = Math.min(900, ctx.measureText(words).width + 20);
    box(ctx, 24 + wide + 12, 11, room, 30, 6, colours.surface2);
    write(ctx, words, 24 + wide + 22, 31, colours.text, { size: 15, max: room - 20 });
    const done = (this.time - this.run.startedAt) / (this.run.endedAt - this.run.startedAt);
    ctx.fillStyle = colours.text;
    ctx.fillRect(0, bannerHeight - 3, filmWidth * done, 3);
  }

  private caption(): void {
    const { ctx, colours, run, incident } = this;
    const name = nodeNameIn(run);
    const measures = incident ? incidentMeasures(incident, (node) => name(incident.pool, node)) : runMeasures(run);
    const top = filmHeight - captionHeight;
    box(ctx, 0, top, filmWidth, captionHeight, 0, colours.surface);
    ctx.fillStyle = colours.lineStrong;
    ctx.fillRect(0, top, filmWidth, 1);
    const each = (filmWidth - 48) / measures.length;
    measures.forEach((measure, i) => {
      const x = 24 + i * each;
      write(ctx, measure.name, x, top + 28, colours.muted, { size: 13, max: each - 12 });
      const long = measure.value.length > 6;
      const wide = write(ctx, measure.value, x, top + 60, colours.text, { size: long ? 16 : 28, weight: 600 });
      write(ctx, measure.unit, x + wide + 5, top + 60, colours.muted, { size: 13 });
      write(ctx, measure.below, x, top + 82, colours.muted, { size: 12, max: each - 14 });
    });
  }
}
