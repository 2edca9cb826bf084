/** The two agree to federate, each after seeing who the other is. */
import type { OperationOutput } from '../../../node/operations/index.ts';
import type { Chapter } from '../chapter.ts';
import { expect, until } from '../narrator.ts';
import type { Stage } from '../stage.ts';

export const agreement: Chapter = {
  title: 'They agree to federate',
  about:
    'Without an agreement on both sides there is no traffic. Before agreeing, an operator sees who the other is: the chain from the DNS root down, verified by their own node.',
  async play(stage) {
    const { narrator } = stage;
    await narrator.step('acme.test has verified partner.test through DNSSEC', async () => {
      const seen = await stage.showOperator('acme.test', ['identity', 'verify', 'partner.test']);
      expect(/dnssec/i.test(seen), 'the level is not dnssec');
    });
    await narrator.step('acme.test agrees; no traffic yet', async () => {
      const { mutual, level } = await add(stage, 'acme.test', 'partner.test');
      expect(level === 'dnssec' && !mutual, 'an agreement of one side counts as that of both');
    });
    await narrator.step('partner.test agrees as well', () => add(stage, 'partner.test', 'acme.test'));
    await narrator.step('the nodes have found each other', async (signal) => {
      await until(signal, () => connected(stage, 'acme.test'));
      await until(signal, () => connected(stage, 'partner.test'));
      await stage.showOperator('acme.test', ['partner', 'list']);
    });
  },
};

async function add(stage: Stage, domain: string, other: string): Promise<OperationOutput<'partner.add'>> {
  const { addresses } = await stage.organisation(other).call('status', {});
  const where = addresses.flatMap((address) => ['--address', address]);
  return (await stage.operate(domain, [
    'partner',
    'add',
    other,
    ...where,
    '--yes',
  ])) as OperationOutput<'partner.add'>;
}

async function connected(stage: Stage, domain: string): Promise<boolean> {
  const { partners } = await stage.organisation(domain).call('partner.list', {});
  return partners.every((partner) => partner.connected && partner.mutual);
}
