export type LogLevel = 'info' | 'warn' | 'error';

/** Where the program writes what it does. `fields` are for programs that read logs; never secrets. */
export type Log = (level: LogLevel, message: string, fields?: Record<string, unknown>) => void;
