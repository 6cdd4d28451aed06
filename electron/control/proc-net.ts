/** One row of Linux's /proc/net/tcp or /proc/net/tcp6. */
export interface SocketRow {
  localAddress: string;
  localPort: number;
  remoteAddress: string;
  remotePort: number;
  state: 'established' | 'listen' | 'other';
  uid: number;
  /** 0 when the socket belongs to no process any more. */
  inode: number;
}

const states: Record<string, SocketRow['state']> = { '01': 'established', '0A': 'listen' };

/** The kernel prints each 32-bit word of an address in the machine's own byte order, which is little endian wherever Node runs on Linux. */
function address(hex: string): string {
  const bytes: number[] = [];
  for (let word = 0; word < hex.length; word += 8) {
    for (let i = 6; i >= 0; i -= 2) bytes.push(parseInt(hex.slice(word + i, word + i + 2), 16));
  }
  if (bytes.length === 4) return bytes.join('.');
  const mapped = bytes.slice(0, 10).every((b) => b === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  if (mapped) return bytes.slice(12).join('.');
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16));
  return compress(groups);
}

/** RFC 5952 section 4.2: the first longest run of two or more zero groups becomes "::". */
function compress(groups: string[]): string {
  let best = { at: -1, length: 1 };
  for (let i = 0; i < groups.length; i++) {
    let length = 0;
    while (groups[i + length] === '0') length++;
    if (length > best.length) best = { at: i, length };
    i += length;
  }
  if (best.at < 0) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}

/** Reads the text of /proc/net/tcp or /proc/net/tcp6; rows that make no sense are left out. IPv4-mapped addresses come out as IPv4. */
export function parseSocketTable(text: string): SocketRow[] {
  const rows: SocketRow[] = [];
  for (const line of text.split('\n').slice(1)) {
    const match = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]{2}) \S+ \S+ \S+\s+(\d+)\s+\d+\s+(\d+)/.exec(line);
    if (!match) continue;
    const [, local, localPort, remote, remotePort, state, uid, inode] = match as unknown as string[];
    rows.push({
      localAddress: address(local!),
      localPort: parseInt(localPort!, 16),
      remoteAddress: address(remote!),
      remotePort: parseInt(remotePort!, 16),
      state: states[state!] ?? 'other',
      uid: Number(uid),
      inode: Number(inode),
    });
  }
  return rows;
}
