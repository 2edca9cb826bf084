/** Cases, as officers lead them over the admin socket. Each act is in the log before it takes effect. */
import { caseEventText, type PlacedCaseEvent } from '../../protocol/archive/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';
import { searchInCase, type Actor } from '../cases/index.ts';
import type { ArchiveNode } from '../composition/index.ts';
import type { Case, SavedSearch } from '../ledger/index.ts';
import { conversationNamed } from '../search/index.ts';
import type { CASE_OPERATIONS } from './case-contract.ts';
import type { OperationOutput, Operations } from './contract.ts';
import { hex, time } from './present.ts';
import { show as showFound } from './search.ts';

type CaseOperations = Pick<Operations, keyof typeof CASE_OPERATIONS>;
type ShownCase = OperationOutput<'case.open'>['case'];
type ShownSearch = OperationOutput<'case.show'>['searches'][number];
type ShownEvent = OperationOutput<'case.events'>['events'][number];

export function caseOperations(node: ArchiveNode): CaseOperations {
  const { ledger, cases, caseWork: work, searchIndex } = node.organisation;
  const changed = async (done: Promise<Case>): Promise<{ case: ShownCase }> => ({
    case: showCase(await done),
  });
  return {
    'case.open': ({ name, title, actor }) => changed(work.open(named(actor), name, title)),
    'case.list': async ({ actor, all, before, limit }) => {
      const found = await work.list(named(actor), { all, before: before ?? null, limit });
      return { cases: found.cases.map(showCase), next: found.next };
    },
    'case.show': async ({ name, actor, opened }) => {
      const found = work.read(named(actor), name, opened ?? null);
      return Promise.resolve({ case: showCase(found), searches: cases.searches(found).map(showSearch) });
    },
    'case.events': async ({ name, actor, opened, list, after, limit }) => {
      const { sequence } = work.read(named(actor), name, opened ?? null);
      const events = await cases.events(list, sequence, after ?? null, limit);
      return {
        events: events.map(showEvent),
        next: events.length < limit ? null : (events.at(-1)?.sequence ?? null),
      };
    },
    'case.messages': async ({ name, actor, opened, tag, after, limit }) => {
      const { sequence } = work.read(named(actor), name, opened ?? null);
      const found = await cases.messages(sequence, tag ?? null, after ?? null, limit);
      const messages = found.map(({ entry, tagged }) => ({
        entry,
        disposed: ledger.isDisposed(entry),
        tags: tagged.flatMap(({ act, actor: by, time: at }) =>
          act.event === 'tagged' ? [{ tag: act.tag, actor: by, time: time(at) }] : [],
        ),
      }));
      return { messages, next: found.length < limit ? null : (found.at(-1)?.entry ?? null) };
    },
    'case.search': async ({ name, actor, query, search, limit, before, purpose = '' }) => {
      if ((query === undefined) === (search === undefined))
        throw new ChanceryError(
          'request.invalid',
          'give what to search for, or the number of a saved search',
        );
      const finding = await searchInCase(
        {
          ...{ ledger, cases, work, index: searchIndex },
          conversationId: async (beginning) =>
            hex(await conversationNamed(node.organisation.messages, beginning)),
        },
        named(actor),
        name,
        {
          what: query === undefined ? { search: search ?? 0 } : { query },
          ...{ purpose, limit, below: before ?? null },
        },
      );
      const left = finding.sequences.filter((sequence) => !ledger.isDisposed(sequence));
      return {
        ...{ search: finding.search, count: finding.found, query: finding.query },
        found: left.map((sequence) => showFound(node, sequence, false)),
        next: finding.more ? (finding.sequences.at(-1) ?? null) : null,
      };
    },
    'case.tag': ({ name, actor, tag, entries }) => changed(work.tag(named(actor), name, tag, entries)),
    'case.untag': ({ name, actor, tag, entries }) => changed(work.untag(named(actor), name, tag, entries)),
    'case.note': ({ name, actor, text, about }) =>
      changed(work.note(named(actor), name, text, about ?? null)),
    'case.add-reviewer': ({ name, actor, reviewer }) =>
      changed(work.addReviewer(named(actor), name, valueOf(parseAddress(reviewer)).text)),
    'case.remove-reviewer': ({ name, actor, reviewer }) =>
      changed(work.removeReviewer(named(actor), name, valueOf(parseAddress(reviewer)).text)),
    'case.close': ({ name, actor, reason }) => changed(work.close(named(actor), name, reason)),
    'case.reopen': ({ name, actor, reason }) => changed(work.reopen(named(actor), name, reason)),
  };
}

/** The officer whom whoever may open the socket names. Throws `name.*`. */
function named(actor: string): Actor {
  return { address: valueOf(parseAddress(actor)).text, device: null };
}

function showCase({ reviewers, tags, opened, newestTime, ...found }: Case): ShownCase {
  return {
    ...found,
    ...{ opened: time(opened), newest: time(newestTime) },
    reviewers: [...reviewers],
    tags: tags.map((one) => ({ ...one })),
  };
}

function showSearch({ number, saved, run }: SavedSearch): ShownSearch {
  return {
    number,
    query: saved.act.event === 'search-saved' ? saved.act.query : '',
    ...{ saved: time(saved.time), actor: saved.actor },
    run:
      run?.act.event === 'search-run'
        ? { time: time(run.time), actor: run.actor, found: run.act.found, newest: run.act.newest }
        : null,
  };
}

function showEvent(event: PlacedCaseEvent): ShownEvent {
  const { sequence, time: at, actor, device, act } = event;
  const isNote = act.event === 'noted';
  return {
    ...{ sequence, time: time(at), actor, device, event: act.event },
    text: isNote ? act.text : caseEventText(event),
    about: isNote ? act.about : null,
  };
}
