/** Organisations whose gaps are looked at: their nodes, what time it is for them, and the policies that they have. */
import type { TestContext } from 'node:test';
import { fact } from '../../node/ledger/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { startDns, startTestNode, type TestNode } from './test-node.ts';

export const DAY = 86_400_000;

export interface World {
  readonly node: (
    domain: string,
    change?: Partial<TestNode['settings']>,
    created?: number,
  ) => Promise<TestNode>;
  readonly later: (end: () => Promise<unknown>) => void;
}

/** Domains whose nodes are stopped with the test, however that ends. */
export async function world(t: TestContext, ...domains: string[]): Promise<World> {
  const dns = await startDns(...domains);
  const ends: (() => Promise<unknown>)[] = [() => dns.server.stop()];
  t.after(async () => {
    for (const end of ends.reverse()) await end();
  });
  return {
    async node(domain, change = {}, created = Date.now()) {
      const node = await startTestNode(dns, domain, change, created);
      ends.push(() => node.stop());
      return node;
    },
    later: (end) => ends.push(end),
  };
}

/** From now on it is so many milliseconds later, for everybody in this process. */
export function laterBy(t: TestContext, milliseconds: number): void {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + milliseconds });
}

/** Brings a policy into force. */
export async function apply({ node }: TestNode, text: string): Promise<void> {
  const bringing = { actor: 'operator', reason: 'test' };
  valueOf(await node.organisation.policing.desk.apply(text, 'policy.yaml', bringing));
}

/** A policy of one rule that blocks. */
export function rule(id: string, when: string, more = ''): string {
  return `version: 1\nrules:\n  - id: ${id}\n    reason: Because.\n    when: ${when}\n    then: block\n${more}`;
}

/** Of a version that this program does not know: a newer one wrote it. */
export async function bringUnreadable({ node: { organisation } }: TestNode, text: string): Promise<void> {
  const number = organisation.policing.policies.number + 1;
  await organisation.ledger.append([fact('policy', { number, text, actor: 'operator', reason: 'newer' })]);
}
