/** Gives a text to whoever looks at the window, as a file to keep. */
export function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The Evenkeel file of a configuration. */
export function configText(config: unknown): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}
