/**
 * A message as policy looks at it. What a rule does not ask for is not found out: who takes part, whom somebody imitates, where
 * links lead, are looked up when they are asked for, once.
 */
import { domainOf, domainsOf } from '../../protocol/conversation/index.ts';
import {
  linksIn,
  lookalikeDomain,
  lookalikeName,
  lookalikePartner,
  type KnownDomains,
  type KnownMembers,
} from '../../protocol/lookalike/index.ts';
import type { Content } from '../../protocol/message/index.ts';
import type {
  Level,
  Participant,
  PlacedText,
  Talk,
  TalkFile,
  TalkLink,
} from '../../protocol/policy/index.ts';
import { LEVELS } from '../../protocol/wire/index.ts';
import type { Occasion } from '../intake/index.ts';

/** What is known of people, organisations and files. */
export interface TalkSources {
  readonly domain: string;
  readonly clock: () => number;
  /** Roles of one of our members, or of somebody of a partner as far as they are known. */
  readonly rolesOf: (address: string) => readonly string[];
  readonly levelOf: (domain: string) => Level;
  readonly isContact: (member: string, person: string) => boolean;
  /** Our domain, then those of our partners in the order in which they became so; our members. Both as they are now. */
  readonly knownDomains: () => KnownDomains;
  readonly knownMembers: () => KnownMembers;
  /** What is in the file that a message brings along. */
  readonly fileOf: (content: Content) => TalkFile | undefined;
}

/** What policy needs to know of an occasion: the same when it is there, and when it is looked at again. */
export interface TalkOccasion
  extends Pick<Occasion, 'direction' | 'after'>, Partial<Pick<Occasion, 'before'>> {
  readonly message: Pick<Occasion['message'], 'id' | 'sender' | 'content'>;
  readonly signer: Pick<Occasion['signer'], 'name' | 'roles'>;
}

export class MessageTalk implements Talk {
  readonly id: Uint8Array;
  readonly direction: 'out' | 'in';
  readonly ownDomain: string;
  readonly conversation: 'direct' | 'group';
  readonly texts: readonly PlacedText[];
  readonly time: number;
  readonly #occasion: TalkOccasion;
  readonly #sources: TalkSources;
  #receivers: readonly Participant[] | undefined;
  #files: readonly TalkFile[] | undefined;
  #links: readonly TalkLink[] | undefined;
  readonly #imitated = new Map<'domain' | 'name', string | null>();

  constructor(occasion: TalkOccasion, sources: TalkSources) {
    const { message, direction, after } = occasion;
    this.#occasion = occasion;
    this.#sources = sources;
    this.id = message.id;
    this.direction = direction === 'outbound' ? 'out' : 'in';
    this.ownDomain = sources.domain;
    this.conversation = after.type;
    this.texts = textsOf(message.content);
    this.time = sources.clock();
  }

  get sender(): Participant {
    const { message, signer } = this.#occasion;
    const address = message.sender;
    return { address, domain: domainOf(address), roles: signer.roles };
  }

  get receivers(): readonly Participant[] {
    const { message } = this.#occasion;
    this.#receivers ??= this.#told
      .filter((address) => address !== message.sender)
      .map((address) => ({
        address,
        domain: domainOf(address),
        roles: this.#sources.rolesOf(address),
      }));
    return this.#receivers;
  }

  /** Who is taken out of a conversation is told of it, and by that what it is called from then on: of the same title they know. */
  get #told(): readonly string[] {
    const { before, after } = this.#occasion;
    if (before === undefined || before.title === after.title) return after.members;
    return [...new Set([...before.members, ...after.members])];
  }

  get leastLevel(): Level {
    const levels = domainsOf({ members: this.#told }).map((domain) =>
      domain === this.ownDomain ? 'own' : this.#sources.levelOf(domain),
    );
    return levels.reduce(
      (least, level) => (LEVELS.indexOf(level) > LEVELS.indexOf(least) ? level : least),
      'own',
    );
  }

  get files(): readonly TalkFile[] {
    if (this.#files === undefined) {
      const file = this.#sources.fileOf(this.#occasion.message.content);
      this.#files = file === undefined ? [] : [file];
    }
    return this.#files;
  }

  firstContact(): boolean {
    const { isContact } = this.#sources;
    const { address } = this.sender;
    const isOwn = (one: Participant): boolean => one.domain === this.ownDomain;
    return this.direction === 'in'
      ? !this.receivers.some((one) => isOwn(one) && isContact(one.address, address))
      : this.receivers.some((one) => !isOwn(one) && !isContact(address, one.address));
  }

  imitated(by: 'domain' | 'name'): string | null {
    let known = this.#imitated.get(by);
    if (known === undefined) this.#imitated.set(by, (known = this.#imitatedBy(by)));
    return known;
  }

  #imitatedBy(by: 'domain' | 'name'): string | null {
    const { sender } = this;
    const { knownDomains, knownMembers } = this.#sources;
    if (by === 'name') {
      if (sender.domain === this.ownDomain) return null;
      return lookalikeName(this.#occasion.signer.name, sender.address, knownMembers())?.of ?? null;
    }
    const others = this.direction === 'in' ? [sender] : this.receivers;
    for (const domain of new Set(others.map((one) => one.domain))) {
      const imitated = domain === this.ownDomain ? undefined : lookalikePartner(domain, knownDomains());
      if (imitated !== undefined) return imitated.of;
    }
    return null;
  }

  links(): readonly TalkLink[] {
    this.#links ??= this.texts.flatMap(({ place, text }) => this.#linksIn(place, text));
    return this.#links;
  }

  #linksIn(place: string, text: string): TalkLink[] {
    const imitated = new Map<string, string | null>(); // a text that names one host often asks once
    const lookUp = (host: string): string | null => {
      let known = imitated.get(host);
      if (known === undefined) {
        known = lookalikeDomain(host, this.#sources.knownDomains())?.of ?? null;
        imitated.set(host, known);
      }
      return known;
    };
    return linksIn(text).map(({ host, start, end, mismatch, deceptive }) => ({
      ...{ place, start, end, mismatched: mismatch, deceptive: deceptive.length > 0 },
      host: host === '' ? null : host,
      lookalike: host === '' ? null : lookUp(host),
    }));
  }
}

function textsOf(content: Content): readonly PlacedText[] {
  switch (content.kind) {
    case 'text':
    case 'edit':
      return [{ place: 'text', text: content.text }];
    case 'attachment':
      return [
        { place: 'text', text: content.text },
        { place: 'file name', text: content.file.name },
      ];
    case 'create':
    case 'membership':
      return [{ place: 'title', text: content.title }];
    case 'recall':
      return [];
  }
}
