/** How cases are shown. */
import type { OperationOutput } from '../../operations/contract.ts';
import { count, fields, table, when } from '../layout.ts';

type Case = OperationOutput<'case.open'>['case'];

export function caseTable(cases: readonly Case[]): string {
  return table(
    ['OPENED AS', 'CASE', 'STATE', 'TITLE', 'REVIEWERS', 'MESSAGES', 'NEWEST'],
    cases.map((one) => [
      String(one.sequence),
      one.name,
      one.state,
      one.title,
      one.reviewers.join(' '),
      String(one.messages),
      when(one.newest),
    ]),
    'no cases',
  );
}

export function caseFields({ case: shown, searches }: OperationOutput<'case.show'>): string {
  const { name, title, state, opened, actor, reviewers, newest, events, notes, messages, tags } = shown;
  const about = fields([
    ['case', name],
    ['title', title],
    ['state', state],
    ['opened', `${when(opened)} by ${actor}`],
    ['reviewers', reviewers.join(' ')],
    ['messages', `${messages} tagged`],
    ['tags', tags.map((one) => `${one.tag} (${one.messages})`).join(', ') || 'none'],
    ['notes', String(notes)],
    ['timeline', `${count(events, 'event')}, the newest ${when(newest)}`],
  ]);
  const saved = table(
    ['SEARCH', 'FOUND', 'NEWEST', 'LAST RUN', 'BY', 'QUERY'],
    searches.map(({ number, query, run, actor: by }) => [
      String(number),
      run === null ? '' : String(run.found),
      run === null || run.newest === null ? '' : String(run.newest),
      when(run?.time ?? null),
      run?.actor ?? by,
      query,
    ]),
    'no searches',
  );
  return `${about}\n${saved}`;
}

export function eventTable(events: OperationOutput<'case.events'>['events']): string {
  return table(
    ['ENTRY', 'TIME', 'BY', 'WHAT'],
    events.map(({ sequence, time, actor, text, about }) => [
      String(sequence),
      when(time),
      actor,
      `${about === null ? '' : `on entry ${about}: `}${text}`,
    ]),
    'nothing there',
  );
}

export function messageTable(messages: OperationOutput<'case.messages'>['messages']): string {
  return table(
    ['ENTRY', 'TAGS', 'BY', 'LAST TAGGED'],
    messages.map(({ entry, tags, disposed }) => [
      disposed ? `${entry} (disposed of)` : String(entry),
      tags.map(({ tag }) => tag).join(', '),
      [...new Set(tags.map(({ actor }) => actor))].join(' '),
      when(tags.at(-1)?.time ?? null),
    ]),
    'no messages',
  );
}

export function foundTable({ search, count: all, query, found }: OperationOutput<'case.search'>): string {
  const head =
    search === null || all === null ? '' : `search ${search}: ${count(all, 'message')} for ${query}\n`;
  const rows = table(
    ['SEQUENCE', 'ARCHIVED', 'DIRECTION', 'FROM', 'CONVERSATION', 'PEOPLE'],
    found.map(({ sequence, time, direction, message, people }) => [
      String(sequence),
      time === null ? 'not known' : when(time),
      direction ?? 'damaged',
      message?.sender ?? 'not known',
      message?.conversation.slice(0, 8) ?? '',
      people.join(' '),
    ]),
    'nothing found',
  );
  return `${head}${rows}`;
}
