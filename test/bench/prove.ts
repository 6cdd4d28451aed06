import { request } from 'node:http';
import { request as requestTls } from 'node:https';
import { answerBytes, type Row } from './rows.ts';

interface Answer {
  status: number;
  body: string;
  cookie: string | undefined;
}

function get(port: number, row: Row, target: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const to = { host: '127.0.0.1', port, path: target, agent: false, timeout: 5000 } as const;
    const ask = row.protocol === 'https' ? requestTls({ ...to, rejectUnauthorized: false }) : request(to);
    ask.on('response', (answer) => {
      let body = '';
      answer.setEncoding('latin1');
      answer.on('data', (chunk: string) => (body += chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, body, cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] });
      });
    });
    ask.on('timeout', () => ask.destroy(new Error('no answer within 5 s')));
    ask.on('error', reject);
    ask.end();
  });
}

/** A proxy that answers wrongly would be fast for nothing. @returns the cookies its clients got. */
export async function prove(port: number, row: Row): Promise<string[]> {
  const { status, body } = await get(port, row, row.path);
  const expected = answerBytes[row.path];
  if (status !== 200 || body.length !== expected)
    throw new Error(`it answered ${status} with ${body.length} bytes, not 200 with ${expected}`);
  if (row.protocol !== 'tcp') {
    const who = await get(port, row, '/whoami');
    if (who.body !== '127.0.0.1') throw new Error(`the node saw X-Forwarded-For "${who.body}", not "127.0.0.1"`);
  }
  const cookies: string[] = [];
  for (let i = 0; row.sticky && i < row.connections; i++) {
    const { cookie } = await get(port, row, '/');
    if (cookie === undefined) throw new Error('it gave a new client no cookie');
    cookies.push(cookie);
  }
  return cookies;
}
