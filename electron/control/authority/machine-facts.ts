import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** What of this machine decides where trust is kept and how it is changed. */
export interface MachineFacts {
  platform: NodeJS.Platform;
  home: string;
  /** May change what belongs to everybody. */
  isRoot: boolean;
  /** Programs found at fixed places, by name; never by PATH, which whoever starts this program may set. */
  programs: Readonly<Record<string, string>>;
  /** Of the folders that tell systems apart, those that exist. */
  folders: readonly string[];
  /** Folders of NSS databases (Firefox, Chromium on Linux). */
  databases: readonly NssDatabase[];
}

export interface NssDatabase {
  folder: string;
  /** "Chromium and Chrome", "Firefox, profile abcd.default". */
  readers: string;
  /** False: nothing there yet, but a browser that would look there. */
  isThere: boolean;
}

const places: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/bin', '/run/current-system/sw/bin'],
  darwin: ['/usr/bin', '/usr/sbin', '/bin', '/opt/homebrew/bin', '/usr/local/bin'],
};
const wanted: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['certutil', 'install', 'mkdir', 'rm', 'trust', 'update-ca-certificates', 'update-ca-trust'],
  darwin: ['security'],
};
/** Folders whose being there tells which system it is. */
const anchorFolders = [
  '/usr/local/share/ca-certificates',
  '/etc/pki/ca-trust/source/anchors',
  '/etc/pki/trust/anchors',
  '/etc/ca-certificates/trust-source',
];

const canRun = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

function findPrograms(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): Record<string, string> {
  if (platform === 'win32') {
    const root = env['SystemRoot'] ?? '';
    const file = join(isAbsolute(root) ? root : 'C:\\Windows', 'System32', 'certutil.exe');
    return existsSync(file) ? { certutil: file } : {};
  }
  const found: Record<string, string> = {};
  for (const name of wanted[platform] ?? []) {
    const file = (places[platform] ?? []).map((place) => join(place, name)).find(canRun);
    if (file !== undefined) found[name] = file;
  }
  return found;
}

const isDatabase = (folder: string) => existsSync(join(folder, 'cert9.db'));

/** The profiles a `profiles.ini` names, and those that only lie there. */
export function firefoxProfiles(root: string): string[] {
  const named: string[] = [];
  try {
    for (const [, path = ''] of readFileSync(join(root, 'profiles.ini'), 'utf8').matchAll(/^Path=(.+?)\r?$/gm))
      named.push(isAbsolute(path) ? path : join(root, path));
  } catch {
    // No such file: nobody ever made a profile there.
  }
  const lying = namesIn(root).map((name) => join(root, name));
  return [...new Set([...named, ...lying])].filter(isDatabase);
}

/** Firefox keeps its own on Linux alone; elsewhere it takes what the system trusts. */
function findDatabases(home: string, env: NodeJS.ProcessEnv): NssDatabase[] {
  const data = env['XDG_DATA_HOME'];
  const config = env['XDG_CONFIG_HOME'];
  const shared = 'Chromium, Chrome, Edge and other browsers made of it';
  const own = [join(home, '.pki/nssdb'), join(data?.startsWith('/') ? data : join(home, '.local/share'), 'pki/nssdb')];
  const boxed = [
    ...namesIn(join(home, 'snap')).flatMap((name) => [
      [join(home, 'snap', name, 'current/.pki/nssdb'), name],
      [join(home, 'snap', name, 'current/.local/share/pki/nssdb'), name],
    ]),
    ...namesIn(join(home, '.var/app')).flatMap((name) => [
      [join(home, '.var/app', name, '.pki/nssdb'), name],
      [join(home, '.var/app', name, 'data/pki/nssdb'), name],
    ]),
  ];
  const found: NssDatabase[] = own.filter(isDatabase).map((folder) => ({ folder, readers: shared, isThere: true }));
  // Browsers look into the older place first, whatever their age.
  const [first = ''] = own;
  if (found.length === 0 && browsers.some(canRun)) found.push({ folder: first, readers: shared, isThere: false });
  for (const [folder = '', name = ''] of boxed) if (isDatabase(folder)) found.push({ folder, readers: name, isThere: true });
  const roots = [
    join(home, '.mozilla/firefox'),
    join(config?.startsWith('/') ? config : join(home, '.config'), 'mozilla/firefox'),
    join(home, 'snap/firefox/common/.mozilla/firefox'),
    join(home, '.var/app/org.mozilla.firefox/.mozilla/firefox'),
    join(home, '.var/app/org.mozilla.firefox/config/mozilla/firefox'),
    join(home, '.librewolf'),
  ];
  for (const folder of new Set(roots.flatMap(firefoxProfiles)))
    found.push({ folder, readers: `Firefox, profile ${folder.slice(folder.lastIndexOf('/') + 1)}`, isThere: true });
  return found;
}

const browsers = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'microsoft-edge-stable',
  'brave-browser',
  'vivaldi',
].map((name) => `/usr/bin/${name}`);

/** Looks at this machine; quick, and changes nothing. */
export function machineFacts(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): MachineFacts {
  const home = homedir();
  return {
    platform,
    home,
    isRoot: process.getuid?.() === 0,
    programs: findPrograms(platform, env),
    folders: anchorFolders.filter((folder) => existsSync(folder)),
    databases: platform === 'linux' ? findDatabases(home, env) : [],
  };
}
