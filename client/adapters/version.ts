/** The version of this program, from the package it was installed as, whether as sources or compiled. */
import { existsSync, readFileSync } from 'node:fs';

/** Where the package's own description lies, from the sources and from the compiled program. */
const PACKAGES = ['../../package.json', '../../../package.json'];

export function programVersion(): string {
  const url = PACKAGES.map((path) => new URL(path, import.meta.url)).find((file) => existsSync(file));
  if (url === undefined) return 'unknown';
  const { version } = JSON.parse(readFileSync(url, 'utf8')) as { readonly version?: unknown };
  return typeof version === 'string' ? version : 'unknown';
}
