/** A policy comes into force: a card number is blocked, a lookalike caught, a report quarantines, and a gap is found and mended. */
import type { Chapter } from '../chapter.ts';
import { expect, until } from '../narrator.ts';
import { GROUP } from '../sample-conversation.ts';
import type { Stage } from '../stage.ts';

const LOOKALIKE = 'partner-invoices.test';
const BAIT = 'New terms, please confirm at https://terms.quay-road-portal.example before noon.';

export const policy: Chapter = {
  title: 'A policy, and what slips past nobody',
  about:
    'One reviewed file says what may be said, by whom, to whom. Both nodes hold to their own on the way out and on the way in; what has no evidence that it works is a gap, with its mend.',
  async play(stage) {
    const { narrator } = stage;
    await narrator.step('acme.test brings its first policy into force, a profile that is shipped', () =>
      stage.showOperator('acme.test', [
        ...['policy', 'apply', '--profile', 'default'],
        ...['--by', 'operator', '--reason', 'first policy', '--yes'],
      ]),
    );
    await narrator.step(
      'a card number does not leave; that it was tried is on record, without the number',
      async () => {
        await stage.showRefused(
          'alice',
          ['send', GROUP, 'Take the deposit from 4111 1111 1111 1111, valid to 12/27.'],
          'policy.blocked',
        );
        const reviewed = await stage.showOperator('acme.test', ['audit', '--limit', '1']);
        expect(!reviewed.includes('4111'), 'the number is on record');
      },
    );
    await narrator.step(
      'somebody offers to federate as a domain that looks like the partner’s: it is refused',
      () => refuseLookalike(stage),
    );
    await narrator.step(
      'Adam reports a message as phishing: nobody of acme.test is shown it any more',
      (signal) => report(stage, signal),
    );
    await narrator.step('Olive confirms it; what leads to the same place is blocked from then on', () =>
      confirm(stage),
    );
    await narrator.step('a gap is found, and its mend is run', () => mendGap(stage));
  },
};

async function refuseLookalike(stage: Stage): Promise<void> {
  await stage.found(LOOKALIKE);
  const args = ['partner', 'add', LOOKALIKE, '--yes'];
  stage.narrator.command('acme.test', `chancery ${args.join(' ')}`);
  const { code, stdout, stderr } = await stage.organisation('acme.test').run(args);
  stage.narrator.output(stdout + stderr);
  expect(code !== 0 && stderr.includes('[partner.lookalike]'), 'the lookalike was not refused');
}

async function report(stage: Stage, signal: AbortSignal): Promise<void> {
  await stage.showMember('bella', ['send', GROUP, BAIT, '--wait-delivered']);
  const adam = await stage.device('adam');
  let id = '';
  await until(signal, async () => {
    const seen = (await adam.chat(['history', GROUP, '--limit', '5'])) as readonly Shown[];
    id = seen.find(({ content }) => content?.text === BAIT)?.id ?? '';
    return id !== '';
  });
  await stage.showMember('adam', ['report', id.slice(0, 12), 'asks to confirm terms on a strange site']);
  await until(signal, async () => {
    const alice = await stage.device('alice');
    const seen = (await alice.chat(['history', GROUP, '--limit', '5'])) as readonly Shown[];
    return !seen.some(({ content }) => content?.text === BAIT);
  });
  await until(signal, async () => {
    const { reports } = await stage.organisation('partner.test').call('report.list', { limit: 10 });
    return reports.length > 0;
  });
  await stage.showOperator('partner.test', ['report', 'list']);
}

/** What a member's command says of a message, as far as it is looked at here. */
interface Shown {
  readonly id?: string;
  readonly content?: { readonly text?: string };
}

async function confirm(stage: Stage): Promise<void> {
  const olive = await stage.device('olive');
  const listed = (await olive.chat(['review', 'list'])) as readonly Record<string, unknown>[];
  await stage.showMember('olive', ['review', 'list']);
  const entry = listed.flatMap(entriesIn)[0];
  expect(entry !== undefined, 'nothing waits for a review');
  await stage.showMember('olive', ['review', 'confirm', String(entry), '--reason', 'it was not Bella']);
}

/** The entry of an item, however it is wrapped. */
function entriesIn(item: Record<string, unknown>): number[] {
  const { entry, sequence } = item;
  return [entry, sequence].filter((one): one is number => typeof one === 'number').slice(0, 1);
}

async function mendGap(stage: Stage): Promise<void> {
  const [, folder] = /mend: chancery backup (\S+)/.exec(await gaps(stage)) ?? [];
  expect(folder !== undefined, 'the missing backup is no gap');
  await stage.showOperator('acme.test', ['backup', folder]);
  expect(!/backup-old/.test(await gaps(stage)), 'the gap is still there');
}

/** What `chancery gaps` shows: it ends with 1 where a gap is critical. */
async function gaps(stage: Stage): Promise<string> {
  stage.narrator.command('acme.test', 'chancery gaps --severity warning');
  const { stdout } = await stage.organisation('acme.test').run(['gaps', '--severity', 'warning']);
  stage.narrator.output(stdout);
  return stdout;
}
