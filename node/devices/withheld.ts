/** Why something of the archive is not shown to members. */
import { ChanceryError } from '../../protocol/errors/index.ts';

const WITHHELD = {
  'archive.damaged': (sequence: number) =>
    `entry ${sequence} of your organisation’s archive is damaged; tell your operator`,
  'archive.sealed': () =>
    'this message is older than your organisation delivers; a compliance officer can open it',
  'archive.disposed': () => 'this message was disposed of, as your organisation’s rules ask',
} as const;

/** What stands in the place of an entry that could not be read; undefined where that is for no reason that members are told. */
export function withheld(error: unknown, sequence: number): { code: string; text: string } | undefined {
  if (!(error instanceof ChanceryError) || !Object.hasOwn(WITHHELD, error.code)) return undefined;
  return { code: error.code, text: WITHHELD[error.code as keyof typeof WITHHELD](sequence) };
}
