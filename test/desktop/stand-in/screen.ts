import { EventEmitter } from 'node:events';

interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}
interface Display {
  id: number;
  bounds: Area;
  workArea: Area;
  scaleFactor: number;
}

const workArea: Area = { x: 0, y: 0, width: 1920, height: 1080 };

/** One display; a spec puts others in `displays` and emits `display-removed`, as the system would. */
class Screen extends EventEmitter {
  displays: Display[] = [{ id: 1, bounds: workArea, workArea, scaleFactor: 1 }];

  getAllDisplays(): Display[] {
    return [...this.displays];
  }
  getPrimaryDisplay(): Display {
    return this.displays[0]!;
  }
}

export const screen = new Screen();
