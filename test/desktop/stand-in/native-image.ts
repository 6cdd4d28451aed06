interface Representation {
  scaleFactor?: number;
  width?: number;
  height?: number;
  dataURL?: string;
}

const png = 'data:image/png;base64,';

/** Width and height as the PNG's own header has them. */
function sizeOf(dataURL: string): { width: number; height: number } {
  if (!dataURL.startsWith(png)) throw new Error('Only PNG data URLs are pictures here.');
  const bytes = Buffer.from(dataURL.slice(png.length), 'base64');
  if (bytes.subarray(1, 4).toString('latin1') !== 'PNG') throw new Error('This is no PNG.');
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** A picture in several scales; it is looked at, not drawn. */
export class NativeImage {
  #template = false;
  readonly #scales = new Map<number, { width: number; height: number }>();

  addRepresentation({ scaleFactor = 1, dataURL }: Representation): void {
    if (dataURL === undefined) throw new Error('A representation without its picture.');
    this.#scales.set(scaleFactor, sizeOf(dataURL));
  }
  isEmpty(): boolean {
    return this.#scales.size === 0;
  }
  getScaleFactors(): number[] {
    return [...this.#scales.keys()];
  }
  getSize(scaleFactor = 1): { width: number; height: number } {
    const size = this.#scales.get(scaleFactor);
    return size ? { width: size.width / scaleFactor, height: size.height / scaleFactor } : { width: 0, height: 0 };
  }
  setTemplateImage(on: boolean): void {
    this.#template = on;
  }
  isTemplateImage(): boolean {
    return this.#template;
  }
}

export const nativeImage = { createEmpty: () => new NativeImage() };
