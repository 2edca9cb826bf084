/** `chancery archive reindex`: makes the views over the log anew, while no node runs. */
import type { Command } from 'commander';
import { examples } from '../arguments.ts';
import { askerOf } from '../asker.ts';
import type { Dependencies } from '../dependencies.ts';
import { fields } from '../layout.ts';
import type { OpenSession } from '../session.ts';

/** Entries between two notes of how far it has come, about a second's work; a result follows anyway. */
const NOTE_EVERY = 16_384;

export function addReindex(group: Command, open: OpenSession, { reindex, env, io }: Dependencies): void {
  const command = group
    .command('reindex')
    .summary('make the views over the log anew, while the node is stopped')
    .description(
      'Makes everything anew that is found by way of an index: messages, conversations, members, partners, what waits to be ' +
        'sent. All of it follows from the log, which stays as it is. The node must be stopped. Run it again where it was cut ' +
        'short: it goes on, as a node does that is started. A damaged log is to be mended first.',
    )
    .action(async (_options: object, self: Command) => {
      const { home, voice } = open(self);
      const { findPassphrase } = await import('../../keys/index.ts');
      let noted = 0;
      const result = await reindex({
        home,
        env,
        passphrase: findPassphrase(env, askerOf(io)),
        onProgress(done, size) {
          if (done - noted < NOTE_EVERY) return;
          noted = done;
          voice.note(`${done} of ${size} entries`);
        },
      });
      voice.result(result, ({ size, root, from }) =>
        fields([
          ['entries', from === 0 ? String(size) : `${size}, gone on with from ${from} on`],
          ['root', root],
        ]),
      );
    });
  examples(command, 'chancery archive reindex', 'chancery archive reindex --json');
}
