/** What a configuration says that the other program cannot. */
export interface ExportNote {
  /** In the configuration: "pools[0].stickiness.ttlMs"; "" where it concerns all of it. */
  path: string;
  /** A sentence. */
  message: string;
}

/** A text for another program, and what it could not say. Every note also stands in the text, as a comment. */
export interface Exported {
  text: string;
  notes: ExportNote[];
}

/** A directive of another program's file that was left out, or taken over in another meaning. */
export interface ImportNote {
  /** From 1. */
  line: number;
  /** As it begins: "option httplog". Never its arguments, which may be secrets. */
  directive: string;
  /** A sentence. */
  reason: string;
}

/** One line, whatever stands in `text`. */
export function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ').trim();
}

/** A part of a file under construction: its lines, and its notes beside the lines they are about. */
export class Block {
  readonly lines: string[] = [];
  private readonly notes: ExportNote[];
  private readonly indent: string;

  /** @param notes where notes go as well. @param indent before every line. */
  constructor(notes: ExportNote[], indent: string) {
    this.notes = notes;
    this.indent = indent;
  }

  add(...lines: string[]): void {
    for (const line of lines) this.lines.push(`${this.indent}${line}`);
  }

  comment(text: string): void {
    this.add(`# ${oneLine(text)}`);
  }

  /** What cannot be said, here as a comment and in the list. */
  note(path: string, message: string): void {
    this.comment(message);
    const line = oneLine(message);
    // A pool that several listeners use is written several times, and told once.
    if (!this.notes.some((note) => note.path === path && note.message === line)) this.notes.push({ path, message: line });
  }
}
