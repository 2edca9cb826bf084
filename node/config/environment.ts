/**
 * The environment variables that override the configuration: the one table of them, and the only file that knows it.
 * Their values are checked by the same schema as the file's. Variables that are not in the table are not ours.
 */

import { isRecord } from '../yaml/index.ts';

/** How the text of a variable is read; what cannot be read so is handed on as it is, for the schema to refuse. */
type Form = 'text' | 'list' | 'number' | 'boolean';

interface Override {
  readonly path: readonly [string, ...string[]];
  readonly form: Form;
  /** A value that would do, for messages and the manual. */
  readonly example: string;
}

/** Lists are separated by commas. */
export const OVERRIDES: Readonly<Record<string, Override>> = {
  CHANCERY_LISTEN: { path: ['listen'], form: 'list', example: '/ip4/0.0.0.0/tcp/4710' },
  CHANCERY_ANNOUNCE: { path: ['announce'], form: 'list', example: '/dns4/chancery.acme.example/tcp/4710' },
  CHANCERY_ARCHIVE_NODE: { path: ['archiveNode'], form: 'text', example: '/ip4/10.0.0.5/tcp/4710/p2p/12D3…' },
  CHANCERY_DNS_SERVERS: { path: ['dns', 'servers'], form: 'list', example: '192.0.2.53:53' },
  CHANCERY_DNS_ANCHORS: { path: ['dns', 'anchors'], form: 'list', example: '. IN DS 20326 8 2 E06D…' },
  CHANCERY_DNS_REQUIRE_LEVEL: { path: ['dns', 'requireLevel'], form: 'text', example: 'dnssec' },
  CHANCERY_DHT_ENABLED: { path: ['dht', 'enabled'], form: 'boolean', example: 'true' },
  CHANCERY_LIMITS_MESSAGE_BYTES: { path: ['limits', 'messageBytes'], form: 'number', example: '65536' },
  CHANCERY_LIMITS_ATTACHMENT_BYTES: {
    path: ['limits', 'attachmentBytes'],
    form: 'number',
    example: '26214400',
  },
  CHANCERY_LIMITS_ATTACHMENT_TYPES: {
    path: ['limits', 'attachmentTypes'],
    form: 'list',
    example: 'application/pdf,image/*',
  },
  CHANCERY_LOG_LEVEL: { path: ['log', 'level'], form: 'text', example: 'info' },
  CHANCERY_LOG_FORMAT: { path: ['log', 'format'], form: 'text', example: 'json' },
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** The document with the variables that are set laid over it; the document itself is left as it is. */
export function overlay(
  document: Readonly<Record<string, unknown>>,
  env: Environment,
): Record<string, unknown> {
  const result = { ...document };
  for (const [variable, { path, form }] of Object.entries(OVERRIDES)) {
    const text = env[variable];
    if (text === undefined) continue;
    const [section, key] = path;
    const value = read(text, form);
    if (key === undefined) result[section] = value;
    else result[section] = { ...(isRecord(result[section]) ? result[section] : {}), [key]: value };
  }
  return result;
}

/** The variable that set what lies at a path of the configuration, if one did. */
export function variableAt(path: readonly PropertyKey[], env: Environment): string | undefined {
  return Object.keys(OVERRIDES).find(
    (variable) =>
      env[variable] !== undefined && OVERRIDES[variable]?.path.every((key, at) => path[at] === key),
  );
}

function read(text: string, form: Form): unknown {
  switch (form) {
    case 'text':
      return text;
    case 'list':
      return text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
    case 'number':
      return /^\d{1,15}$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
  }
}
