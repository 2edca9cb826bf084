/** `chancery doctor`: what is wrong with this node, and how to mend each thing. */
import type { Command } from 'commander';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import { examine, type Check } from '../../doctor/index.ts';
import { examples } from '../arguments.ts';
import type { Dependencies } from '../dependencies.ts';
import { count } from '../layout.ts';
import type { OpenSession } from '../session.ts';
import type { Paint } from '../voice.ts';

export function declareDoctor(command: Command, open: OpenSession, { doctor, env }: Dependencies): void {
  command
    .description(
      'Checks DNS, DNSSEC, clock, ports, disk, permissions, keys and certificates, and asks the running node about its ' +
        'partners. Works without a running node too. Ends with 1 if a check failed.',
    )
    .action(async (_options: object, self: Command) => {
      const { home, voice, ask } = open(self);
      const local = await examine({ ...(await doctor()), home, env });
      const checks = [...local, ...(await nodeChecks(() => ask('doctor.node', {})))];
      voice.result({ checks }, say);
      const failed = checks.filter(({ state }) => state === 'failed').length;
      if (failed > 0) {
        throw new ChanceryError(
          'doctor.failed',
          `${count(failed, 'check')} failed; mend what is named above`,
        );
      }
    });
  examples(command, 'chancery doctor', 'chancery doctor --json');
}

/** The running node's own view; one line instead when there is none, or when it cannot say. */
async function nodeChecks(
  ask: () => Promise<{ readonly checks: readonly Check[] }>,
): Promise<readonly Check[]> {
  try {
    return (await ask()).checks;
  } catch (error) {
    const { code, message } =
      error instanceof ChanceryError ? error : { code: 'internal', message: 'the node could not be asked' };
    if (code === 'node.not-running') {
      const without = 'no node runs for this home, so partners were not checked';
      return [{ name: 'node', state: 'warning', message: without, mend: 'chancery start' }];
    }
    return [{ name: 'node', state: 'failed', message, mend: 'see the log of the node' }];
  }
}

function say({ checks }: { readonly checks: readonly Check[] }, paint: Paint): string {
  const marks = {
    ok: paint.green('ok     '),
    warning: paint.yellow('warning'),
    failed: paint.red('failed '),
  };
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat('warning'.length + 2 + width + 2);
  return checks
    .map(({ name, state, message, mend }) => {
      const line = `${marks[state]}  ${name.padEnd(width)}  ${message}\n`;
      return mend === '' ? line : `${line}${indent}mend: ${mend}\n`;
    })
    .join('');
}
