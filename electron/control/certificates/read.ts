import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { CertificateConfig, Config, NodeConfig } from '../../../shared/model/config.ts';
import { formatPath, type ConfigIssue } from '../../../shared/model/validate.ts';
import { fileProblem } from '../../store/json-file.ts';
import { readBounded } from '../../store/read-bounded.ts';
import { certificateBlocks } from './facts.ts';

/** What reading files needs from outside: where relative names start, and what day it is. */
export interface FileContext {
  /** The configuration's own folder; null: the working folder. */
  folder: string | null;
  /** Milliseconds since the epoch. */
  now: number;
}

/** The whole bundle of a system's authorities is a quarter of this. */
const maxPemBytes = 1_000_000;

function named(file: string | undefined, text: string): string {
  return file === undefined ? text : `"${file}" ${text}`;
}

async function readPem(file: string, context: FileContext): Promise<string | { problem: string }> {
  try {
    return (await readBounded(resolve(context.folder ?? '.', file), maxPemBytes)).toString('utf8');
  } catch (error) {
    return { problem: `cannot read "${file}": ${fileProblem(error)}` };
  }
}

/** The first certificate of a chain, after all of them could be read. */
function parseChain(pem: string): X509Certificate | string {
  const blocks = certificateBlocks(pem);
  // What is left of a file while it is written may read well, but for what is missing.
  if (pem.split('-----BEGIN CERTIFICATE-----').length - 1 > blocks.length) return 'is cut off: a certificate in it has no end';
  if (blocks.length === 0) return 'holds no PEM certificate ("-----BEGIN CERTIFICATE-----")';
  let leaf: X509Certificate | undefined;
  for (const [i, block] of blocks.entries()) {
    try {
      const certificate = new X509Certificate(block);
      leaf ??= certificate;
    } catch {
      return `certificate ${i + 1} of ${blocks.length} in it is damaged`;
    }
  }
  return leaf ?? 'holds no PEM certificate ("-----BEGIN CERTIFICATE-----")';
}

function parseKey(pem: string): KeyObject | string {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) return 'holds no PEM private key ("-----BEGIN PRIVATE KEY-----")';
  if (pem.includes('ENCRYPTED')) return 'is encrypted with a passphrase; take it off first (openssl pkey -in KEY -out PLAIN)';
  try {
    return createPrivateKey(pem);
  } catch {
    return 'holds a damaged private key';
  }
}

const day = (time: Date) => time.toISOString().replace(/\.\d+Z$/, 'Z');

function dateProblem(certificate: X509Certificate, now: number): string | undefined {
  const from = new Date(certificate.validFrom);
  const to = new Date(certificate.validTo);
  if (now > to.getTime()) return `expired on ${day(to)}; renew it`;
  if (now < from.getTime()) return `is not valid before ${day(from)}; look at this machine's clock too`;
  return undefined;
}

/** What OpenSSL refuses although each part reads well: keys too short, digests too weak. */
function contextProblem(cert: string, key: string): string | undefined {
  try {
    createSecureContext({ cert, key });
    return undefined;
  } catch (error) {
    return `is refused by TLS: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A certificate with its files' text in place of them. `at` gives a field of it its path. */
export async function resolveCertificate(
  certificate: CertificateConfig,
  at: (field: string) => string,
  context: FileContext,
): Promise<{ resolved: CertificateConfig; issues: ConfigIssue[] }> {
  const issues: ConfigIssue[] = [];
  const pems: { certPem?: string; keyPem?: string } = {};
  for (const [file, inline] of [
    ['certFile', 'certPem'],
    ['keyFile', 'keyPem'],
  ] as const) {
    const name = certificate[file];
    const pem = name === undefined ? certificate[inline] : await readPem(name, context);
    if (typeof pem === 'object') issues.push({ path: at(file), message: pem.problem });
    else pems[inline] = pem;
  }
  const certAt = at(certificate.certFile === undefined ? 'certPem' : 'certFile');
  const keyAt = at(certificate.keyFile === undefined ? 'keyPem' : 'keyFile');
  const { certFile: _certFile, keyFile: _keyFile, ...rest } = certificate;
  const { certPem, keyPem } = pems;
  const leaf = certPem === undefined ? undefined : parseChain(certPem);
  const key = keyPem === undefined ? undefined : parseKey(keyPem);
  if (typeof leaf === 'string') issues.push({ path: certAt, message: named(certificate.certFile, leaf) });
  if (typeof key === 'string') issues.push({ path: keyAt, message: named(certificate.keyFile, key) });
  if (leaf instanceof X509Certificate) {
    const dates = dateProblem(leaf, context.now);
    if (dates) issues.push({ path: certAt, message: dates });
    if (key !== undefined && typeof key !== 'string') {
      if (leaf.checkPrivateKey(key)) {
        const problem = contextProblem(certPem ?? '', keyPem ?? '');
        if (problem) issues.push({ path: certAt, message: problem });
      } else issues.push({ path: keyAt, message: 'does not fit the certificate: they are not a pair' });
    }
  }
  return { resolved: { ...rest, ...pems }, issues };
}

/** A node with its authority's text in place of the file. `at` gives a field of `tls` its path. */
export async function resolveNodeFiles(
  node: NodeConfig,
  at: (field: string) => string,
  context: FileContext,
): Promise<{ node: NodeConfig; issues: ConfigIssue[] }> {
  const { tls } = node;
  if (typeof tls === 'boolean' || (tls.caFile === undefined && tls.caPem === undefined)) return { node, issues: [] };
  const path = at(tls.caFile === undefined ? 'caPem' : 'caFile');
  const caPem = tls.caFile === undefined ? (tls.caPem ?? '') : await readPem(tls.caFile, context);
  if (typeof caPem === 'object') return { node, issues: [{ path, message: caPem.problem }] };
  const chain = parseChain(caPem);
  if (typeof chain === 'string') return { node, issues: [{ path, message: named(tls.caFile, chain) }] };
  const { caFile: _caFile, ...rest } = tls;
  return { node: { ...node, tls: { ...rest, caPem } }, issues: [] };
}

/**
 * Replaces every file a configuration names (certificates, keys, nodes' authorities) by its text, as the engine reads no files.
 * @returns the configuration for the engine, and every problem with its path: unreadable, not PEM, not a pair, out of date.
 */
export async function resolveFiles(config: Config, context: FileContext): Promise<{ config: Config; issues: ConfigIssue[] }> {
  const issues: ConfigIssue[] = [];
  const certificates: CertificateConfig[] = [];
  for (const [i, certificate] of config.certificates.entries()) {
    const found = await resolveCertificate(certificate, (field) => formatPath(['certificates', i, field]), context);
    certificates.push(found.resolved);
    issues.push(...found.issues);
  }
  const pools: Config['pools'] = [];
  for (const [p, pool] of config.pools.entries()) {
    const nodes: typeof pool.nodes = [];
    for (const [n, node] of pool.nodes.entries()) {
      const found = await resolveNodeFiles(node, (field) => formatPath(['pools', p, 'nodes', n, 'tls', field]), context);
      nodes.push(found.node);
      issues.push(...found.issues);
    }
    pools.push({ ...pool, nodes });
  }
  return { config: { ...config, certificates, pools }, issues };
}
