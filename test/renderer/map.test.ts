import { expect, test } from 'vitest';
import { type Box, type Edge, layBands } from '../../renderer/map/bands.ts';
import { MeasuredCurve } from '../../renderer/map/curve.ts';
import { DotField } from '../../renderer/map/dot-field.ts';
import { flightPoint, stagger } from '../../renderer/map/flight.ts';
import { Governor, type Scene } from '../../renderer/map/governor.ts';
import { maxDots, pixelsPerRate, requestsPerDot, travelSeconds } from '../../renderer/map/scales.ts';

const edge = (id: string, from: string, to: string, rate: number): Edge => ({
  id,
  from,
  to,
  rate,
  latency: 10,
  look: 'plain',
  chosen: false,
});
const box = (left: number, y: number): Box => ({ left, right: left + 100, y });

test('bands stack on a card around its middle, in the order of their other ends, and never cross', () => {
  const boxes = new Map([
    ['group:a', box(0, 300)],
    ['group:b', box(0, 100)],
    ['listener:l', box(300, 200)],
  ]);
  const bands = layBands([edge('a', 'group:a', 'listener:l', 100), edge('b', 'group:b', 'listener:l', 50)], boxes, 0.2);
  const [a, b] = bands;
  expect(a!.width).toBe(20);
  expect(b!.width).toBe(10);
  // b comes from above: its band is the upper one. 30 px in all around y = 200.
  expect(b!.curve.y2).toBe(190);
  expect(a!.curve.y2).toBe(205);
  expect(a!.curve).toMatchObject({ x1: 106, y1: 300, x2: 300 });
});

test('a band of little traffic can still be seen, one of none is no band, and edges without cards are left out', () => {
  const boxes = new Map([
    ['x', box(0, 0)],
    ['y', box(300, 0)],
  ]);
  expect(layBands([edge('thin', 'x', 'y', 0.1)], boxes, 0.2)[0]!.width).toBe(1.5);
  expect(layBands([edge('none', 'x', 'y', 0)], boxes, 0.2)[0]!.width).toBe(0);
  expect(layBands([edge('gone', 'x', 'z', 5)], boxes, 0.2)).toEqual([]);
});

test('points along a curve are even in length and start and end where it does', () => {
  const curve = new MeasuredCurve({ x1: 0, y1: 0, x2: 200, y2: 100 });
  const at = (u: number) => curve.along(u, 0, { x: 0, y: 0 });
  expect(at(0)).toEqual({ x: 0, y: 0 });
  expect(at(1).x).toBeCloseTo(200, 3);
  expect(at(1).y).toBeCloseTo(100, 3);
  const quarter = Math.hypot(at(0.25).x, at(0.25).y);
  expect(quarter).toBeGreaterThan(curve.length * 0.22);
  expect(quarter).toBeLessThan(curve.length * 0.26);
  expect(at(0.5).x).toBeCloseTo(100, 0);
});

test('a dot is 1, 10, 100… requests: the first that keeps the map below its limit, and it does not flicker', () => {
  expect(requestsPerDot(400)).toBe(1);
  expect(requestsPerDot(601)).toBe(10);
  expect(requestsPerDot(60_000)).toBe(100);
  // Back to the finer scale only with room to spare.
  expect(requestsPerDot(500, 10)).toBe(10);
  expect(requestsPerDot(400, 10)).toBe(1);
  for (const dots of [0, 1, 599, 5_999, 6_001, 1e6]) expect(dots / requestsPerDot(dots)).toBeLessThanOrEqual(maxDots);
});

test('the band scale is kept while the widest band is neither too wide nor too thin', () => {
  expect(pixelsPerRate(142)).toBe(0.2);
  expect(pixelsPerRate(160, 0.2)).toBe(0.2);
  expect(pixelsPerRate(200, 0.2)).toBe(0.1);
  expect(pixelsPerRate(60, 0.2)).toBe(0.2);
  expect(pixelsPerRate(20, 0.2)).toBe(1);
  expect(pixelsPerRate(0)).toBe(2);
});

test('slower answers make slower dots', () => {
  const times = [1, 10, 50, 200, 1_000].map(travelSeconds);
  expect([...times].sort((a, b) => a - b)).toEqual(times);
  expect(travelSeconds(1e9)).toBe(4);
});

test('dots flow at the rate of their edge, never more than the limit', () => {
  const field = new DotField();
  const streams = [{ rate: 50, seconds: 2 }];
  for (let i = 0; i < 100; i++) field.advance(0.1, ['e'], streams, 1);
  expect(field.count).toBeGreaterThan(97);
  expect(field.count).toBeLessThan(103);
  for (let i = 0; i < 100; i++) field.advance(0.1, ['e'], [{ rate: 5_000, seconds: 2 }], 1);
  expect(field.count).toBeLessThanOrEqual(maxDots);
  for (let i = 0; i < 30; i++) field.advance(0.1, ['e'], [{ rate: 0, seconds: 2 }], 1);
  expect(field.count).toBe(0);
  field.fill([{ rate: 100, seconds: 1 }], 10);
  expect(field.count).toBe(10);
});

test('the governor: 60 frames only in transitions and for 3 s at most, none when paused or hidden', () => {
  const scene: Scene = { visible: true, paused: false, reducedMotion: false, flowing: true, gpu: false };
  const governor = new Governor();
  expect(governor.next(0, scene)).toBe(100);
  expect(governor.next(0, { ...scene, gpu: true })).toBe(40);
  expect(governor.next(0, { ...scene, flowing: false })).toBeNull();
  governor.transition(1_000, 700);
  expect(governor.next(1_500, scene)).toBeLessThan(17);
  expect(governor.next(1_701, scene)).toBe(100);
  // Clients that trickle in for a minute do not buy a minute of 60 frames a second.
  let full = 0;
  for (let now = 10_000; now < 70_000; now += 100) {
    governor.transition(now, 700);
    if (governor.next(now, scene)! < 17) full += 100;
  }
  expect(full).toBeLessThanOrEqual(3_000);
  governor.transition(80_000, 700);
  expect(governor.next(80_100, { ...scene, paused: true })).toBeNull();
  expect(governor.next(80_100, { ...scene, visible: false })).toBeNull();
  expect(governor.next(80_100, { ...scene, reducedMotion: true })).toBe(500);
});

test('clients that move leave one after the other, all within 400 ms, through the gutter', () => {
  expect(stagger(1)).toEqual([0]);
  expect(stagger(3)).toEqual([0, 40, 80]);
  expect(stagger(100).at(-1)).toBeCloseTo(400);
  const flight = { from: { x: 50, y: 300 }, to: { x: 80, y: 100 }, gutter: 200 };
  expect(flightPoint(flight, 0)).toEqual(flight.from);
  expect(flightPoint(flight, 1)).toEqual(flight.to);
  expect(flightPoint(flight, 0.5).x).toBeGreaterThan(180);
});
