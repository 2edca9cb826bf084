/** What policy decided and people decided about that, in an archive: a sample of every kind of entry, as views are made from it. */
import { fact, Messages, Requests, Reports, ReviewQueue, type RecordOf } from '../../node/ledger/index.ts';
import type { Corpus } from './corpus.ts';

const ADAM = 'alice@acme.test';
const CAROL = 'carol@partner.test';
const OLIVE = { actor: 'olive@acme.test', device: '12D3KooWOlive', reason: 'looked at' };
const KEY = new Uint8Array(32).fill(7);

type Reasons = RecordOf<'decision'>['reasons'];

function reason(
  rule: string,
  control: Reasons[number]['control'],
  outcome: 'hold' | 'flag',
): Reasons[number] {
  return { rule, control, outcome, findings: [], found: 0 };
}

/** Messages of Carol to Alice, in the second conversation of a corpus, held by one rule each; returns the decisions. */
async function hold(
  corpus: Corpus,
  text: string,
  reasons: Reasons,
): Promise<{ id: Uint8Array; entry: number }> {
  let id = new Uint8Array();
  await corpus.say({
    ...{ text, sender: CAROL, conversation: 1 },
    decision(message) {
      id = message.slice();
      return fact('decision', {
        ...{ message, conversation: new Uint8Array(32), sender: CAROL, direction: 'in', policy: 1 },
        ...{ outcome: 'hold', flagged: false, reasons, confirmed: null },
      });
    },
  });
  return { id, entry: corpus.said.at(-1)!.sequence - 1 };
}

/** Fills a corpus whose second conversation is Alice's and Carol's with all of it, some settled and some still open. */
export async function policeCorpus(corpus: Corpus): Promise<void> {
  const { ledger } = corpus;
  await ledger.append([
    fact('policy', { number: 1, text: 'version: 1\nrules: []\n', actor: 'operator', reason: '' }),
  ]);
  const stranger = [reason('strangers', 'contact', 'hold')];
  const first = await hold(corpus, 'released', stranger);
  const second = await hold(corpus, 'declined', stranger);
  await hold(corpus, 'waiting', stranger);
  const content = await hold(corpus, 'rejected', [reason('words', 'content', 'hold')]);
  const review = (of: typeof first, outcome: RecordOf<'review'>['outcome'], declined?: true) =>
    fact('review', {
      ...{ decision: of.entry, message: of.id, outcome, ...OLIVE },
      ...(declined === undefined ? {} : { declined }),
    });
  await ledger.append([
    fact('contact', { person: CAROL, member: ADAM, accepted: false, actor: ADAM, reason: '' }),
    review(second, 'reject', true),
    review(first, 'release'),
    review(content, 'escalated'),
    review(content, 'reject'),
    fact('contact', { person: CAROL, member: null, accepted: true, actor: 'operator', reason: '' }),
  ]);
  for (const outcome of ['confirm', 'dismiss', null] as const) {
    await corpus.say({ text: `phish ${String(outcome)}`, sender: CAROL, conversation: 1 });
    const position = corpus.said.at(-1)!.sequence;
    const { id, conversation } = ledger.messageHeader(position)!;
    const about = { conversation, position, sender: CAROL };
    const made = fact('report', {
      ...{ message: id, actor: ADAM, reason: 'phish' },
      act: {
        ...{ what: 'made', ...about, device: '12D3KooWAlice', partner: 'partner.test' },
        ...{ statement: new Uint8Array(64), key: KEY, hosts: ['evil.example', 'worse.example'], file: id },
        left: ['dora@acme.test'],
      },
    });
    const { first: report } = await ledger.append([made]);
    await hold(corpus, 'goes with it', [reason(`report:${report}`, 'report', 'hold')]);
    if (outcome === null) continue;
    await ledger.append([
      fact('report', { message: id, actor: 'partner.test', reason: '', act: told(report) }),
      fact('review', { decision: report, message: id, outcome, ...OLIVE }),
      fact('report', { message: id, actor: OLIVE.actor, reason: '', act: verdict(report, outcome) }),
    ]);
  }
  const received = { what: 'received', conversation: new Uint8Array(32), position: 0, sender: ADAM } as const;
  const signed = { statement: new Uint8Array(64), chain: [] };
  const theirs = { message: first.id, actor: 'partner.test', reason: 'theirs' };
  const { first: report } = await ledger.append([
    fact('report', { ...theirs, act: { ...received, ...signed } }),
  ]);
  await ledger.append([
    fact('report', {
      ...{ ...theirs, reason: '' },
      act: { ...received, what: 'learned', report, outcome: 'confirmed', ...signed },
    }),
  ]);
}

function verdict(report: number, outcome: 'confirm' | 'dismiss'): RecordOf<'report'>['act'] {
  const said = outcome === 'confirm' ? 'confirmed' : 'dismissed';
  return { what: 'verdict', report, partner: 'partner.test', outcome: said, statement: new Uint8Array(64) };
}

function told(report: number): RecordOf<'report'>['act'] {
  return { what: 'told', report, statement: new Uint8Array(64), chain: [] };
}

/** What the views tell of it, in words that can be compared. */
export async function policedView({ ledger }: Corpus): Promise<unknown> {
  const reports = new Reports(ledger);
  const open = await new ReviewQueue(ledger).open(null, 100);
  const requests = new Requests(ledger);
  return {
    open: open.map(({ sequence, kind }) => [sequence, kind]),
    waiting: (await requests.forMember(ADAM, 10)).length,
    ofCarol: (await requests.of(CAROL, null, 10)).length,
    suspects: reports.suspects('host', 'evil.example').map(({ state }) => state),
    hosts: reports.hosts,
    untold: (await reports.untold('partner.test', 10)).map(({ act }) => act.what),
    told: (await new Messages(ledger).feed('dora@acme.test', 0, 10)).length,
    learned: (await reports.all(null, 1)).map(({ sequence }) => reports.learned(sequence)?.act.what),
  };
}
