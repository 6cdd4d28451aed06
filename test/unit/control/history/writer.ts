import { DiskLog } from '../../../../electron/control/history/disk-log.ts';
import { fact } from './support.ts';

/** Writes until it is killed, and says what it has handed over. Argument: the folder. Ends by itself after 30 s. */
const log = new DiskLog({ folder: process.argv[2]!, onNotice: (words) => process.stderr.write(`${words}\n`) });
let seq = 0;
setInterval(() => {
  seq++;
  log.append(fact(seq));
  process.stdout.write(`${seq} ${Date.now()}\n`);
}, 5);
setTimeout(() => process.exit(1), 30_000).unref();
