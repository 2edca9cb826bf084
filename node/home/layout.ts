/**
 * Where everything of one node lies: the layout of its home directory, and how the directory itself is found.
 * Paths only; nothing is read or made here.
 */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The private keys a home may hold. The root's may be moved away: it is needed only to certify an issuer. */
export const KEY_NAMES = ['root', 'issuer', 'statement', 'node'] as const;
export type KeyName = (typeof KEY_NAMES)[number];

export interface HomeLayout {
  readonly directory: string;
  readonly config: string;
  /** For editors: what the configuration may hold. */
  readonly configSchema: string;
  readonly keysDirectory: string;
  readonly keys: Readonly<Record<KeyName, string>>;
  readonly certificatesDirectory: string;
  /** Certificates in PEM, one a key. */
  readonly certificates: Readonly<Record<KeyName, string>>;
  /** For a gateway alone: the bundle its archive node gave it. */
  readonly gatewayBundle: string;
  /** The folder of the archive's database. */
  readonly archive: string;
  /** The folder of the sealed files of messages. */
  readonly attachments: string;
  /** What is known here of backups: see `backup-record.ts`. */
  readonly backupRecord: string;
  /** Since when its gaps are there: see `gap-record.ts`. */
  readonly gapRecord: string;
  /** Rules for messages to begin with, as `chancery init` writes them; in force is what the archive has. */
  readonly policy: string;
  readonly adminSocket: string;
  /** A folder: see `lock.ts`. */
  readonly lock: string;
  readonly lockSocket: string;
}

export function homeLayout(directory: string): HomeLayout {
  const keysDirectory = join(directory, 'keys');
  const certificatesDirectory = join(directory, 'certificates');
  return {
    directory,
    config: join(directory, 'chancery.yaml'),
    configSchema: join(directory, 'chancery.schema.json'),
    keysDirectory,
    keys: named((name) => join(keysDirectory, `${name}.key`)),
    certificatesDirectory,
    certificates: named((name) => join(certificatesDirectory, `${name}.pem`)),
    gatewayBundle: join(directory, 'gateway.bundle'),
    archive: join(directory, 'archive'),
    attachments: join(directory, 'attachments'),
    backupRecord: join(directory, 'backups.json'),
    gapRecord: join(directory, 'gaps.json'),
    policy: join(directory, 'policy.yaml'),
    adminSocket: join(directory, 'admin.sock'),
    lock: join(directory, 'node.lock'),
    lockSocket: join(directory, 'node.sock'),
  };
}

/** The home to use: what the command line says, else `CHANCERY_HOME`, else `.chancery` in the user's own. */
export function findHome(
  chosen: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): HomeLayout {
  return homeLayout(resolve(chosen ?? (env['CHANCERY_HOME'] || join(homedir(), '.chancery'))));
}

function named(path: (name: KeyName) => string): Record<KeyName, string> {
  return { root: path('root'), issuer: path('issuer'), statement: path('statement'), node: path('node') };
}
