import { type Box, type Edge, layBands } from './bands.ts';
import { bundleEdges, type View } from './bundle.ts';
import { MeasuredCurve } from './curve.ts';
import { DotField, type Stream } from './dot-field.ts';
import type { Flight } from './flight.ts';
import { Governor } from './governor.ts';
import { hasGpu } from './gpu.ts';
import { type Diamond, diamondMs, paint, type PaintedBand, type Palette, readPalette } from './painter.ts';
import { pixelsPerRate, requestsPerDot, travelSeconds } from './scales.ts';

export interface MapScales {
  requestsPerDot: number;
  pixelsPerRate: number;
  errorsPerDiamond: number;
}

/** Milliseconds a band takes to its new width. */
const widenMs = 200;
/** Errors shown one by one on an edge; above that a diamond is ten. */
const diamondsPerEdge = 6;
/** Room around the bands for what is wider than they are: dots, diamonds and crosses. Pixels. */
const margin = 10;
/** The canvas grows and shrinks by so much at a time: a band that widens does not make it anew in each frame. Pixels. */
const pitch = 32;

interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/**
 * The map's canvas: bands, dots, errors and trails under the cards. It is told what there is (`setEdges`, `setBoxes`) and
 * draws at the pace the governor allows; React never renders because a dot moved.
 */
export class FlowMap {
  private readonly canvas: HTMLCanvasElement;
  private readonly ctx: CanvasRenderingContext2D;
  private readonly onScales: (scales: MapScales) => void;
  private readonly governor = new Governor();
  private readonly dots = new DotField();
  private palette: Palette;
  private edges: readonly Edge[] = [];
  private boxes: ReadonlyMap<string, Box> = new Map();
  private measure: () => ReadonlyMap<string, Box> = () => new Map();
  /** What was measured may no longer be so. */
  private moved = false;
  private view: View | null = null;
  private within: ReadonlyMap<string, string> = new Map();
  private bands: PaintedBand[] = [];
  private ids: string[] = [];
  private streams: Stream[] = [];
  private diamonds: Diamond[] = [];
  private flights: Flight[] = [];
  private scales: MapScales = { requestsPerDot: 1, pixelsPerRate: 0.2, errorsPerDiamond: 1 };
  private paused = false;
  private reducedMotion = false;
  private scrolled = { left: 0, top: 0 };
  /** Where the canvas lies in the map, in CSS pixels. */
  private area: Area = { left: 0, top: 0, right: 0, bottom: 0 };
  private density = 1;
  private textScale = 1;
  private width = 0;
  private height = 0;
  private drawnAt = performance.now();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private frame: number | undefined;
  private fresh = true;
  private readonly themes = new MutationObserver(() => this.readTheme());
  /** Colours of the reader's own, or a stronger contrast, asked for while the map is open. */
  private readonly ownColours = ['(forced-colors: active)', '(prefers-contrast: more)'].map((query) => matchMedia(query));

  /** @param canvas lies at the map's upper left corner; its place and size are set here. */
  constructor(canvas: HTMLCanvasElement, onScales: (scales: MapScales) => void) {
    // Opaque, as the ground below it: without a GPU a picture that lets through costs a third more to lay over the page.
    const ctx = canvas.getContext('2d', { alpha: false });
    if (!ctx) throw new Error('This browser has no 2D canvas.');
    this.canvas = canvas;
    this.ctx = ctx;
    this.onScales = onScales;
    this.palette = readPalette(canvas);
    // Until something is drawn an opaque canvas is black.
    canvas.width = canvas.height = 0;
    document.addEventListener('visibilitychange', this.wake);
    this.themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    for (const query of this.ownColours) query.addEventListener('change', this.readTheme);
  }

  destroy(): void {
    document.removeEventListener('visibilitychange', this.wake);
    this.themes.disconnect();
    for (const query of this.ownColours) query.removeEventListener('change', this.readTheme);
    clearTimeout(this.timer);
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
  }

  /**
   * Size in CSS pixels, and the scale of all that is drawn: boxes, flights and bands are in pixels at the usual text size.
   * @param scale as `textScale` says it.
   */
  resize(width: number, height: number, scale: number): void {
    if (width === this.width && height === this.height && scale === this.textScale) return;
    this.width = width;
    this.height = height;
    this.textScale = scale;
    this.drawNow();
  }

  /**
   * How far the map's content is scrolled. CSS pixels.
   * @param view where lanes are seen then; null where all of them are. Edges of the others are drawn as bundles.
   */
  scroll(left: number, top: number, view: View | null): void {
    const { scrolled } = this;
    if (left === scrolled.left && top === scrolled.top && view?.top === this.view?.top && view?.bottom === this.view?.bottom) return;
    this.scrolled = { left, top };
    // Some cards stay in view: they stand elsewhere in the content then.
    if (view || this.view) this.moved = true;
    this.view = view;
    this.drawNow();
  }

  setPaused(paused: boolean): void {
    if (this.paused === paused) return;
    this.paused = paused;
    this.drawnAt = performance.now();
    this.wake();
  }

  setReducedMotion(reduced: boolean): void {
    this.reducedMotion = reduced;
    this.wake();
  }

  setBoxes(boxes: ReadonlyMap<string, Box>): void {
    this.boxes = boxes;
    this.moved = false;
    this.relay();
  }

  /**
   * What flows, and where the cards stand that it flows between.
   * @param measure reads the cards' places: at once where other edges are there than before, else with the next frame, which
   *   lays the page out in any case.
   */
  setEdges(edges: readonly Edge[], measure: () => ReadonlyMap<string, Box>): void {
    const same = edges.length === this.edges.length && edges.every(({ id }, i) => id === this.edges[i]!.id);
    this.edges = edges;
    this.measure = measure;
    this.moved = true;
    if (same && !this.reducedMotion && (this.timer !== undefined || this.frame !== undefined)) return;
    this.measureNow();
  }

  private measureNow(): void {
    if (this.moved) this.setBoxes(this.measure());
  }

  /** `count` errors happened on an edge since the tick before. */
  addErrors(edge: string, count: number): void {
    if (this.paused || count <= 0) return;
    const band = this.within.get(edge) ?? edge;
    const now = performance.now();
    const there = this.diamonds.filter((d) => d.band === band).length;
    const shown = Math.min(diamondsPerEdge - there, Math.ceil(count / this.scales.errorsPerDiamond));
    for (let i = 0; i < shown; i++)
      this.diamonds.push({ band, way: 0.68 + (0.28 * ((there + i) % diamondsPerEdge)) / diamondsPerEdge, bornAt: now });
    this.setScales({
      ...this.scales,
      errorsPerDiamond: there + count > diamondsPerEdge ? 10 : there === 0 ? 1 : this.scales.errorsPerDiamond,
    });
    this.wake();
  }

  /** Trails of clients on their way, drawn until they land. */
  addFlights(flights: readonly Flight[]): void {
    const now = performance.now();
    this.flights.push(...flights);
    const ends = Math.max(0, ...flights.map((flight) => flight.startsAt + flight.duration - now));
    this.governor.transition(now, ends + 100);
    this.drawNow();
  }

  private setScales(scales: MapScales): void {
    const old = this.scales;
    this.scales = scales;
    if (
      old.requestsPerDot !== scales.requestsPerDot ||
      old.pixelsPerRate !== scales.pixelsPerRate ||
      old.errorsPerDiamond !== scales.errorsPerDiamond
    )
      this.onScales(scales);
  }

  private relay(): void {
    const largest = Math.max(0, ...this.edges.map((edge) => edge.rate));
    const perRate = pixelsPerRate(largest, this.scales.pixelsPerRate);
    const before = new Map(this.bands.map((band) => [band.id, band]));
    const { edges, boxes, within } = bundleEdges(this.edges, this.boxes, this.view);
    this.within = within;
    const laid = layBands(edges, boxes, perRate);
    const same = laid.length === this.bands.length && laid.every((band, i) => band.id === this.bands[i]!.id);
    this.bands = laid.map((band) => {
      const old = before.get(band.id);
      const still =
        old &&
        old.curve.x1 === band.curve.x1 &&
        old.curve.y1 === band.curve.y1 &&
        old.curve.x2 === band.curve.x2 &&
        old.curve.y2 === band.curve.y2;
      return { ...band, measured: still ? old.measured : new MeasuredCurve(band.curve), shown: old ? old.shown : band.width };
    });
    const idsBefore = this.ids;
    this.ids = laid.map((band) => band.id);
    this.streams = laid.map((band) => ({
      rate: band.look === 'down' ? 0 : band.rate,
      // Short edges take less: a dot has one pace from end to end of the map.
      seconds: Math.max(0.3, travelSeconds(band.latency) * Math.min(1.4, Math.abs(band.curve.x2 - band.curve.x1) / 160)),
    }));
    const wanted = this.streams.reduce((sum, stream) => sum + stream.rate * stream.seconds, 0);
    const perDot = requestsPerDot(wanted, this.scales.requestsPerDot);
    const rescaled = perDot !== this.scales.requestsPerDot;
    this.setScales({ ...this.scales, requestsPerDot: perDot, pixelsPerRate: perRate });
    if (rescaled || this.fresh || this.reducedMotion) this.dots.fill(this.streams, perDot);
    else if (!same) this.dots.refit(idsBefore, this.ids, this.streams, perDot);
    this.fresh = laid.length === 0;
    if (!same) this.drawNow();
    else this.wake();
  }

  private readonly readTheme = (): void => {
    this.palette = readPalette(this.canvas);
    this.drawNow();
  };

  private readonly wake = (): void => {
    if (this.timer !== undefined || this.frame !== undefined) return;
    this.schedule();
  };

  private drawNow(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.frame ??= requestAnimationFrame(this.draw);
  }

  private schedule(): void {
    const now = performance.now();
    const flowing = this.streams.some((stream) => stream.rate > 0) || this.diamonds.length > 0 || this.dots.count > 0 || this.easing();
    const delay = this.governor.next(now, {
      visible: !document.hidden,
      paused: this.paused,
      reducedMotion: this.reducedMotion,
      flowing,
      gpu: hasGpu(),
    });
    if (delay === null) return;
    if (delay <= 17) {
      this.frame ??= requestAnimationFrame(this.draw);
      return;
    }
    // At whole multiples of the pace, so that figures, which change on the half second, need no frame of their own.
    const wait = delay - (now % delay);
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined;
        this.frame ??= requestAnimationFrame(this.draw);
      },
      wait > delay / 4 ? wait - 4 : wait + delay - 4,
    );
  }

  private easing(): boolean {
    return this.bands.some((band) => band.shown !== band.width);
  }

  /** What there is to draw, of the part of the map that is in view. */
  private drawnArea(): Area {
    const whole = { left: 0, top: 0, right: this.width, bottom: this.height };
    // Who travels does so through the clients' column too.
    if (this.flights.length > 0) return whole;
    const { left, top } = this.scrolled;
    const scale = this.textScale;
    const around = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (const { curve, width, shown } of this.bands) {
      const half = Math.max(width, shown) / 2 + margin;
      around.left = Math.min(around.left, curve.x1 - margin);
      around.right = Math.max(around.right, curve.x2 + margin);
      around.top = Math.min(around.top, curve.y1 - half, curve.y2 - half);
      around.bottom = Math.max(around.bottom, curve.y1 + half, curve.y2 + half);
    }
    const area = {
      left: Math.max(0, Math.floor((around.left * scale - left) / pitch) * pitch),
      top: Math.max(0, Math.floor((around.top * scale - top) / pitch) * pitch),
      right: Math.min(this.width, Math.ceil((around.right * scale - left) / pitch) * pitch),
      bottom: Math.min(this.height, Math.ceil((around.bottom * scale - top) / pitch) * pitch),
    };
    return area.left < area.right && area.top < area.bottom ? area : { left: 0, top: 0, right: 0, bottom: 0 };
  }

  /** Makes the canvas as large as what it shows: without a GPU each of its pixels is copied three times a frame. */
  private fit(): void {
    const { canvas } = this;
    const density = Math.min(2, devicePixelRatio || 1);
    const area = this.drawnArea();
    const old = this.area;
    const same = area.left === old.left && area.top === old.top && area.right === old.right && area.bottom === old.bottom;
    if (same && density === this.density) return;
    this.area = area;
    this.density = density;
    const [width, height] = [area.right - area.left, area.bottom - area.top];
    canvas.width = Math.round(width * density);
    canvas.height = Math.round(height * density);
    Object.assign(canvas.style, { left: `${area.left}px`, top: `${area.top}px`, width: `${width}px`, height: `${height}px` });
  }

  private readonly draw = (): void => {
    // While `frame` is set nobody asks for another.
    this.measureNow();
    this.frame = undefined;
    const now = performance.now();
    // A tab that slept for a minute does not let a minute's dots in at once.
    const seconds = Math.min(0.25, (now - this.drawnAt) / 1_000);
    this.drawnAt = now;
    if (!this.paused) {
      if (!this.reducedMotion) this.dots.advance(seconds, this.ids, this.streams, this.scales.requestsPerDot);
      const step = this.reducedMotion ? 1 : Math.min(1, (seconds * 1_000) / widenMs);
      for (const band of this.bands) {
        const rest = band.width - band.shown;
        band.shown = Math.abs(rest) < 0.1 ? band.width : band.shown + rest * step;
      }
      this.diamonds = this.diamonds.filter((diamond) => now - diamond.bornAt < diamondMs);
      this.flights = this.flights.filter((flight) => now < flight.startsAt + flight.duration);
    } else for (const band of this.bands) band.shown = band.width;
    this.fit();
    const { ctx, area, density, scrolled } = this;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.fillStyle = this.palette.ground;
    ctx.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const zoom = density * this.textScale;
    ctx.setTransform(zoom, 0, 0, zoom, -(scrolled.left + area.left) * density, -(scrolled.top + area.top) * density);
    paint(ctx, { bands: this.bands, dots: this.dots, diamonds: this.diamonds, flights: this.flights, now }, this.palette);
    this.schedule();
  };
}
