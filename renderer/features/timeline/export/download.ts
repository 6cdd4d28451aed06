/** A name that every file system takes. */
export const fileName = (name: string, extension: string): string =>
  `${
    name
      .normalize('NFKD')
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[-.]+|[-.]+$/g, '')
      .slice(0, 80) || 'run'
  }.${extension}`;

/** Saves a file as the browser, or the desktop, saves downloads. */
export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The download reads the address after this; a minute is long for that.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
