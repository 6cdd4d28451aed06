import { spawn } from 'node:child_process';

export interface Output {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, 15 s at most. @param input for its standard input; it is closed after it. */
export function command(name: string, args: readonly string[], input: string | Buffer = ''): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('latin1').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('latin1').on('data', (text: string) => (stderr += text));
    const limit = setTimeout(() => child.kill('SIGKILL'), 15_000);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ code, stdout, stderr });
    });
    // A program that does not read its input to the end is not at fault for it.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
