/** `chancery start`: runs the node in the foreground until a signal ends it in order; a second one ends it at once. */
import type { Command } from 'commander';
import { OVERRIDES } from '../../config/index.ts';
import { findPassphrase } from '../../keys/index.ts';
import { examples } from '../arguments.ts';
import { askerOf } from '../asker.ts';
import type { Dependencies, RunningNode } from '../dependencies.ts';
import { fields } from '../layout.ts';
import type { OpenSession, Session } from '../session.ts';

/** The code with which shells report an interrupted program: 128 and SIGINT. */
const INTERRUPTED = 130;

export function declareStart(command: Command, open: OpenSession, dependencies: Dependencies): void {
  command
    .description(
      'Runs the node in the foreground; its log goes to standard error. SIGINT and SIGTERM end it in order: what is ' +
        'under way is finished first. A second signal ends it at once.',
    )
    .action((_options: object, self: Command) => run(open(self), dependencies));
  command.addHelpText(
    'after',
    `\nEnvironment, over the configuration (lists with commas):\n${environment()}`,
  );
  examples(command, 'chancery start', 'CHANCERY_LOG_FORMAT=pretty chancery --home /srv/chancery start');
}

function environment(): string {
  const rows = Object.entries(OVERRIDES).map(
    ([variable, { path }]) => [`  ${variable}`, path.join('.')] as const,
  );
  rows.push(['  CHANCERY_PASSPHRASE_FILE', 'file of mode 0600 with the passphrase of protected keys']);
  return fields(rows).trimEnd();
}

/** Ends when the node has: in order, or with the error that it could not go on for. */
async function run({ home, voice }: Session, { start, io, env }: Dependencies): Promise<void> {
  const asked = Promise.withResolvers<'stop'>();
  let signals = 0;
  const ignore = io.onSignal(() => {
    signals += 1;
    if (signals > 1) io.exit(INTERRUPTED);
    voice.note('stopping; once more ends it at once');
    asked.resolve('stop');
  });
  try {
    const node = await start(home, findPassphrase(env, askerOf(io)));
    announce(node, voice);
    if ((await Promise.race([asked.promise, node.closed])) === 'stop') await node.stop();
    await node.closed;
  } finally {
    ignore();
  }
}

function announce({ domain, peer, addresses }: RunningNode, voice: Session['voice']): void {
  voice.result(
    { domain, peer, addresses },
    (shown) => `${shown.domain} runs as ${shown.peer} at ${shown.addresses.join(', ') || 'no address'}\n`,
  );
}
