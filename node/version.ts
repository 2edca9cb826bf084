/** The version of this program, from the package it was installed as, whether as sources or compiled. */
import { existsSync, readFileSync } from 'node:fs';

/** Folders above this file in which the package's own description can lie. */
const ABOVE = ['../package.json', '../../package.json'];

export function programVersion(): string {
  for (const path of ABOVE) {
    const url = new URL(path, import.meta.url);
    if (!existsSync(url)) continue;
    const { version } = JSON.parse(readFileSync(url, 'utf8')) as { readonly version?: unknown };
    if (typeof version === 'string') return version;
  }
  return 'unknown';
}
