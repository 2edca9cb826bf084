/** `chancery archive checkpoint` and `tile`: the log as other tools read it (C2SP tlog-checkpoint and tlog-tiles). */
import type { Command } from 'commander';
import { replacePublicFile } from '../../home/public-file.ts';
import { examples } from '../arguments.ts';
import { count, fields } from '../layout.ts';
import type { OpenSession } from '../session.ts';

export function addCheckpoint(group: Command, open: OpenSession): void {
  const command = group
    .command('checkpoint')
    .summary('print the newest checkpoint that partners cosigned')
    .description(
      'Prints the newest checkpoint that partners cosigned, as a signed note: whoever has the keys (--keys) verifies it with ' +
        'any tool that reads C2SP checkpoints. Before the first cosignature, the log’s own.',
    )
    .option('--keys', 'the verifier keys of the log and of its witnesses instead')
    .action(async ({ keys = false }: { keys?: boolean }, self: Command) => {
      const { voice, ask } = open(self);
      const shown = await ask('archive.checkpoint', {});
      voice.result(shown, ({ verifierKeys }) => (keys ? `${verifierKeys.join('\n')}\n` : shown.checkpoint));
    });
  examples(
    command,
    'chancery archive checkpoint > acme.checkpoint',
    'chancery archive checkpoint --keys',
    'chancery archive checkpoint --json',
  );
}

export function addTile(group: Command, open: OpenSession): void {
  const command = group
    .command('tile')
    .summary('fetch a tile of the tree, or a bundle of entries')
    .description(
      'Fetches a tile of the tree (tile/LEVEL/INDEX, with .p/WIDTH where it is partial) or a bundle of entries ' +
        '(tile/entries/INDEX), as C2SP tlog-tiles names them: in base64, or to a file.',
    )
    .argument('<path>', 'such as tile/0/x001/234 or tile/entries/000.p/17')
    .option('--out <file>', 'the file to write the bytes to, which is replaced whole')
    .action(async (path: string, { out }: { out?: string }, self: Command) => {
      const { voice, ask } = open(self);
      const tile = await ask('archive.tile', { path });
      if (out === undefined) {
        voice.result(tile, ({ bytes }) => `${bytes}\n`);
        return;
      }
      const bytes = new Uint8Array(Buffer.from(tile.bytes, 'base64'));
      await replacePublicFile(out, bytes);
      voice.result({ path, out, size: bytes.length }, (shown) =>
        fields([
          ['tile', shown.path],
          ['file', `${shown.out}, ${count(shown.size, 'byte')}`],
        ]),
      );
    });
  examples(
    command,
    'chancery archive tile tile/0/000',
    'chancery archive tile tile/entries/000.p/17 --out entries',
  );
}
