/**
 * The chat itself: lists conversations, opens one, sends what is typed, shows what comes while it is typed.
 * Works without a connection: what is written waits in the outbox, and it says so.
 */
import { domainOf } from '../../protocol/conversation/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';
import type { Client, ConversationInfo, FeedEvent, Sending } from '../index.ts';
import { openOwnFile, saveFile } from '../adapters/own-files.ts';
import { findPerson } from './commands.ts';
import type { LineConsole } from './dependencies.ts';
import { findFile } from './file-commands.ts';
import { findConversation } from './find-conversation.ts';
import { shownEvents } from './history.ts';
import { Notices } from './notices.ts';
import { printable } from './printable.ts';
import {
  acceptPerson,
  declinePerson,
  NOBODY,
  reportMessage,
  requestText,
  type Done,
} from './request-commands.ts';
import { findMessage, isOwnToRecall } from './revision-commands.ts';
import {
  conversationLine,
  deliveryMark,
  eventLine,
  outcomeMark,
  partnerLine,
  personLine,
  titleOf,
  whoLines,
} from './render.ts';
import type { Voice } from './voice.ts';

/** Messages shown when a conversation is opened. */
const SHOWN_ON_OPEN = 20;

const HELP = [
  '/list                    the conversations',
  '/open CONVERSATION       by number, title, address or id',
  '/new ADDRESS[,ADDRESS…] [TITLE]   start one',
  '/history [COUNT]         earlier messages',
  '/edit TEXT, /recall      your last message: another wording, or taken back',
  '/attach FILE [TEXT], /save ID     send a file; save one here, by the beginning of its message’s id',
  '/members                 who is in this conversation',
  '/add ADDRESS, /remove ADDRESS     change who is in it',
  '/contacts [WORD]         whom you may write to',
  '/who NAME                who somebody is, and how that is known',
  '/accept                  acknowledge what you were told: that what you write is recorded, a legal hold',
  '/requests                people who write to you for the first time, and wait',
  '/accept ADDRESS, /decline ADDRESS     let them write to you, or not',
  '/report ID [REASON]      report a message as phishing, by the beginning of its id',
  '/quit                    leave',
  'Anything else is sent to the open conversation; begin with // to send a line that starts with /.',
].join('\n');

/** What is acknowledged as soon as it is told. */
interface Acceptance {
  readonly acceptRecording?: boolean;
  readonly acceptHold?: boolean;
}

type Action = (argument: string) => Promise<void>;

export class Chat {
  readonly #client: Client;
  readonly #console: LineConsole;
  readonly #voice: Voice;
  readonly #actions: Readonly<Record<string, Action>>;
  #listed: readonly ConversationInfo[] = [];
  #open: string | undefined;
  readonly #notices: Notices;

  constructor(client: Client, console: LineConsole, voice: Voice) {
    this.#client = client;
    this.#console = console;
    this.#voice = voice;
    this.#notices = new Notices({
      client,
      paint: voice.paint,
      print: (text) => console.print(text),
      told: (error) => this.#told(error),
    });
    this.#actions = {
      help: () => this.#print(HELP),
      list: () => this.#list(),
      open: (name) => this.#enter(name),
      new: (argument) => this.#start(argument),
      history: (count) => this.#history(Number.parseInt(count, 10) || SHOWN_ON_OPEN),
      edit: (text) => this.#revise((id, message) => this.#client.edit(id, message, text)),
      recall: () => this.#revise((id, message) => this.#client.recall(id, message), isOwnToRecall),
      attach: (argument) => this.#attach(argument),
      save: (prefix) => this.#save(prefix),
      accept: (person) =>
        person === '' ? this.#notices.accept() : this.#say(acceptPerson(this.#client, person)),
      requests: () => this.#requests(),
      decline: (person) => this.#say(declinePerson(this.#client, person)),
      report: (argument) => this.#report(argument),
      members: () => this.#members(),
      add: (address) => this.#change((members) => [...members, address]),
      remove: (address) => this.#change((members) => members.filter((member) => !isSame(member, address))),
      contacts: (word) => this.#contacts(word),
      who: async (name) => this.#print(whoLines(await findPerson(this.#client, name), this.#voice.paint)),
    };
  }

  /** Runs until `/quit`, the end of input, or the end of the device. */
  async run({ acceptRecording = false, acceptHold = false }: Acceptance = {}): Promise<void> {
    const { paint } = this.#voice;
    this.#client.onState((state) => {
      const said =
        state.state === 'online'
          ? paint.dim('connected')
          : paint.yellow(`offline: ${printable(state.error.message)} [${state.error.code}]; messages wait`);
      this.#console.print(said);
      if (state.state !== 'online') return;
      this.#notices.tellOfRecording(acceptRecording);
      this.#notices.tellOfHolds(acceptHold);
    });
    this.#client.lock.onChange((locked) => {
      if (locked) this.#hide();
      else this.#reveal(acceptHold);
    });
    this.#client.onWiped((reason) => {
      this.#console.clear();
      this.#told(reason);
      this.#console.close();
    });
    this.#client.onStall((error) => this.#told(error));
    this.#client.onTrouble((error) => this.#told(error));
    await this.#client.connect().catch(() => undefined); // told above; the client goes on trying
    if (this.#client.state.state === 'online') await this.#client.synced();
    const showing = this.#show();
    await this.#list();
    this.#console.print(paint.dim('/help shows what you can do'));
    this.#client.lock.touch();
    this.#prompt();
    for await (const line of this.#console.lines) {
      if (line.trim() === '/quit') break;
      const act = this.#client.lock.locked ? this.#unlock(line) : this.#obey(line);
      await act.catch((error: unknown) => this.#told(error));
      this.#client.lock.touch();
      this.#prompt();
    }
    this.#console.close();
    await this.#client.close();
    await showing;
  }

  /** Nobody is at the device: nothing of what was shown stays on the screen. */
  #hide(): void {
    this.#console.clear();
    this.#notices.cleared();
    this.#console.conceal(this.#client.lock.needsPassphrase);
    const how = this.#client.lock.needsPassphrase ? 'type the passphrase of this device' : 'type /unlock';
    this.#console.print(this.#voice.paint.yellow(`locked, since nobody was here; ${how} to go on`));
    this.#prompt();
  }

  async #unlock(line: string): Promise<void> {
    if (!this.#client.lock.needsPassphrase && line.trim() !== '/unlock') {
      throw new ChanceryError('device.locked', 'this device is locked; type /unlock');
    }
    await this.#client.lock.unlock(line);
  }

  #reveal(acceptHold: boolean): void {
    this.#console.conceal(false);
    this.#console.print(this.#voice.paint.dim('unlocked'));
    this.#notices.tellOfHolds(acceptHold);
    const shown = this.#open === undefined ? this.#list() : this.#history(SHOWN_ON_OPEN);
    shown.catch((error: unknown) => this.#told(error));
  }

  /** Shows what comes, as it comes. */
  async #show(): Promise<void> {
    for await (const event of this.#client.messages()) {
      const line = await this.#line(event);
      if (line !== undefined) this.#console.print(line);
      await this.#client.setSeen(event.position);
    }
  }

  /** What this device wrote stands on the screen already; what is about another conversation says so. */
  async #line(event: FeedEvent): Promise<string | undefined> {
    const { paint } = this.#voice;
    if (event.type === 'delivery') return `  ${deliveryMark(event, paint)}`;
    if (event.type === 'unverified' || event.type === 'identity') return eventLine(event, paint);
    if (event.type === 'reviewed' || event.type === 'report') return eventLine(event, paint);
    if (event.own) return undefined;
    if (event.conversation === this.#open) return eventLine(event, paint);
    const conversation = await this.#client.conversation(event.conversation);
    return eventLine(event, paint, conversation && titleOf(conversation, this.#client.address));
  }

  async #obey(line: string): Promise<void> {
    const [, command, argument = ''] = /^\/(\p{L}+)(?:\s+(.*))?$/u.exec(line.trim()) ?? [];
    if (command !== undefined) {
      const action = Object.hasOwn(this.#actions, command) ? this.#actions[command] : undefined;
      if (action === undefined) {
        throw new ChanceryError('request.unknown', `there is no /${command}; /help shows what there is`);
      }
      await action(argument.trim());
    } else if (line.trim() !== '') {
      this.#follow(await this.#client.send(this.#current(), line.replace(/^\/\//, '/')));
    }
  }

  /** Marks a message of ours when it is known what became of it. */
  #follow({ sent }: Sending): void {
    void sent.then((outcome) => this.#console.print(`  ${outcomeMark(outcome, this.#voice.paint)}`));
  }

  async #list(): Promise<void> {
    this.#listed = await this.#client.conversations();
    const lines = this.#listed.map(
      (conversation, index) =>
        `${String(index + 1).padStart(3)}  ${conversationLine(conversation, this.#client.address, this.#voice.paint)}`,
    );
    await this.#print(lines.join('\n') || 'No conversations yet; start one with /new ADDRESS');
  }

  async #enter(name: string): Promise<void> {
    const byNumber = /^\d{1,3}$/.test(name) ? this.#listed[Number(name) - 1] : undefined;
    const { id } = byNumber ?? (await findConversation(this.#client, name));
    this.#open = id;
    await this.#history(SHOWN_ON_OPEN);
  }

  async #start(argument: string): Promise<void> {
    const [people = '', ...words] = argument.split(/\s+/);
    const members = people.split(',').filter((address) => address !== '');
    const title = words.join(' ');
    if (members.length === 0) throw new ChanceryError('request.invalid', 'say with whom: /new ADDRESS');
    const direct = members.length === 1 && title === '';
    const started = direct
      ? await this.#client.direct(members[0] ?? '')
      : await this.#client.createConversation({ type: 'group', title, members }).then((sending) => ({
          id: sending.id,
          sending,
        }));
    if (started.sending !== null) this.#follow(started.sending);
    this.#open = started.id;
    this.#listed = await this.#client.conversations();
  }

  async #history(count: number): Promise<void> {
    const page = await this.#client.history(this.#current(), { limit: Math.min(count, 100) });
    for (const event of shownEvents(page)) {
      this.#console.print(eventLine(event, this.#voice.paint));
      if (event.type !== 'message' || !event.own) continue;
      for (const delivery of await this.#client.deliveries(event.id)) {
        this.#console.print(`    ${deliveryMark(delivery, this.#voice.paint)}`);
      }
    }
  }

  async #revise(
    write: (conversation: string, message: string) => Promise<Sending>,
    isMeant?: Parameters<typeof findMessage>[3],
  ): Promise<void> {
    const conversation = this.#current();
    const { id } = await findMessage(this.#client, conversation, undefined, isMeant);
    this.#follow(await write(conversation, id));
  }

  /** A path with spaces stands in quotes. */
  async #attach(argument: string): Promise<void> {
    const [, quoted, plain = '', text = ''] = /^(?:"([^"]+)"|(\S+))\s*(.*)$/su.exec(argument) ?? [];
    if (quoted === undefined && plain === '')
      throw new ChanceryError('request.invalid', 'say which file: /attach FILE [TEXT]');
    await using file = await openOwnFile(quoted ?? plain);
    this.#follow(await this.#client.attach(this.#current(), file, text));
  }

  async #save(prefix: string): Promise<void> {
    const { message, file } = await findFile(this.#client, prefix);
    await this.#print(`saved as ${printable(await saveFile('.', file.name, this.#client.file(message)))}`);
  }

  async #report(argument: string): Promise<void> {
    const [, id = '', reason = ''] = /^(\S*)\s*(.*)$/su.exec(argument) ?? [];
    await this.#say(reportMessage(this.#client, id, reason));
  }

  async #requests(): Promise<void> {
    const { people } = await this.#client.messageRequests.list();
    const lines = people.map((one) => requestText(one, this.#client.address, this.#voice.paint));
    await this.#print(lines.join('\n') || NOBODY);
  }

  async #say(doing: Promise<Done>): Promise<void> {
    await this.#print((await doing).line);
  }

  async #members(): Promise<void> {
    const conversation = await this.#client.conversation(this.#current());
    const own = domainOf(this.#client.address);
    const { paint } = this.#voice;
    // without a connection only their addresses are known
    const known = await this.#client.contacts().catch(() => undefined);
    const lines = (conversation?.members ?? []).map((address) => {
      const external = domainOf(address) !== own;
      const person = known?.people.find((one) => one.address === address);
      if (person !== undefined) return personLine({ ...person, external }, paint);
      return `${printable(address)}${external ? ` ${paint.yellow('(external)')}` : ''}`;
    });
    await this.#print([...lines, paint.dim(`owned by ${printable(conversation?.owner ?? '')}`)].join('\n'));
  }

  async #change(next: (members: readonly string[]) => readonly string[]): Promise<void> {
    const id = this.#current();
    const members = (await this.#client.conversation(id))?.members ?? [];
    this.#follow(await this.#client.changeMembers(id, { members: next(members) }));
  }

  async #contacts(search: string): Promise<void> {
    const { people, partners } = await this.#client.contacts({ search });
    const own = domainOf(this.#client.address);
    const { paint } = this.#voice;
    const lines = [
      ...people.map((person) => personLine({ ...person, external: person.domain !== own }, paint)),
      ...partners.map((partner) => partnerLine(partner, paint)),
    ];
    await this.#print(lines.join('\n') || 'Nobody yet.');
  }

  #current(): string {
    if (this.#open === undefined) {
      throw new ChanceryError(
        'request.invalid',
        'no conversation is open; /open one, or start one with /new',
      );
    }
    return this.#open;
  }

  #prompt(): void {
    if (this.#client.lock.locked) {
      this.#console.prompt('locked> ');
      return;
    }
    const mark = this.#client.queued > 0 ? ` (${this.#client.queued} waiting)` : '';
    const known = this.#listed.find(({ id }) => id === this.#open);
    const name = known === undefined ? (this.#open?.slice(0, 8) ?? '') : titleOf(known, this.#client.address);
    this.#console.prompt(`${name}${mark}> `);
  }

  #told(error: unknown): void {
    const { message } = error as Error;
    const code = error instanceof ChanceryError ? error.code : 'internal';
    this.#console.print(`${this.#voice.paint.red('!')} ${printable(message)} [${code}]`);
  }

  async #print(text: string): Promise<void> {
    await Promise.resolve();
    this.#console.print(text);
  }
}

function isSame(member: string, typed: string): boolean {
  const address = parseAddress(typed);
  return address.ok && address.value.text === member;
}
