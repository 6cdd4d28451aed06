import { createServer, connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { findPortHolder, holderName } from '../../../electron/control/port-holder.ts';
import { parseSocketTable } from '../../../electron/control/proc-net.ts';
import { isOwnPeer, peerName } from '../../../electron/headless/peer-owner.ts';

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0000000000000000 100 0 0 10 0
   1: 0100007F:A1B2 0100007F:1F90 01 00000000:00000000 00:00000000 00000000   501        0 4243 1 0000000000000000 20 4 30 10 -1
garbage
   2: 00000000000000000000000001000000:1B9E 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0
   3: 0000000000000000FFFF00000100007F:1B9E 0000000000000000FFFF00000200007F:0001 06 00000000:00000000 00:00000000 00000000     0        0 0 1 0
   4: B80D01200000000000000000010000FE:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     7        0 9 1 0
`;

it('reads what the kernel prints', () => {
  expect(parseSocketTable(table)).toEqual([
    { localAddress: '127.0.0.1', localPort: 8080, remoteAddress: '0.0.0.0', remotePort: 0, state: 'listen', uid: 1000, inode: 4242 },
    {
      localAddress: '127.0.0.1',
      localPort: 41394,
      remoteAddress: '127.0.0.1',
      remotePort: 8080,
      state: 'established',
      uid: 501,
      inode: 4243,
    },
    { localAddress: '::1', localPort: 7070, remoteAddress: '::', remotePort: 0, state: 'listen', uid: 0, inode: 77 },
    { localAddress: '127.0.0.1', localPort: 7070, remoteAddress: '127.0.0.2', remotePort: 1, state: 'other', uid: 0, inode: 0 },
    { localAddress: '2001:db8::fe00:1', localPort: 80, remoteAddress: '::', remotePort: 0, state: 'listen', uid: 7, inode: 9 },
  ]);
});

it.runIf(process.platform === 'linux')('finds who holds a port, and whose a peer is', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await findPortHolder('127.0.0.1', port)).toMatchObject({ pid: process.pid });
  expect(holderName((await findPortHolder('0.0.0.0', port))!)).toBe(`Evenkeel itself (pid ${process.pid})`);
  const client = connect(port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [import('node:net').Socket];
  expect(await isOwnPeer(socket)).toBe(true);
  expect(await peerName(socket)).toBe(`user ${process.getuid!()}`);
  client.destroy();
  socket.destroy();
  server.close();
  await once(server, 'close');
  expect(await findPortHolder('127.0.0.1', port)).toBeUndefined();
});
