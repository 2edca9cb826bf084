/** Two organisations that are partners of each other: acme.test and partner.test, each with its node, under one DNS tree. */
import { federate, startDns, startTestNode, type TestDns, type TestNode } from './test-node.ts';

export interface Partners {
  readonly dns: TestDns;
  readonly acme: TestNode;
  readonly partner: TestNode;
}

export interface PartnersOptions {
  /** What differs from the usual settings. */
  readonly acme?: Parameters<typeof startTestNode>[2];
  readonly partner?: Parameters<typeof startTestNode>[2];
  /** Domains that have a zone beside theirs. */
  readonly zones?: readonly string[];
}

/** Who starts them stops both nodes, and the DNS server after them. */
export async function startPartners({
  acme: ours,
  partner: theirs,
  zones = [],
}: PartnersOptions = {}): Promise<Partners> {
  const dns = await startDns('acme.test', 'partner.test', ...zones);
  const acme = await startTestNode(dns, 'acme.test', ours);
  const partner = await startTestNode(dns, 'partner.test', theirs);
  await federate(acme, partner);
  return { dns, acme, partner };
}
