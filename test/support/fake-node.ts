/**
 * A node as a client sees it, without a network or an archive: identity exchange, enrolment and the device protocol
 * over an in-memory list. A test can make it refuse, break off, hold back answers, or show what it should not.
 */
import * as zlib from 'node:zlib';
import { toString } from 'uint8arrays/to-string';
import type { Link, Transport } from '../../client/index.ts';
import { nodeSuite } from '../../client/adapters/node-crypto.ts';
import { issueDevice, parseCertificate } from '../../protocol/certificate/index.ts';
import { encodeCbor, decodeCbor } from '../../protocol/encoding/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { encodeBundle } from '../../protocol/identity/index.ts';
import { decodeMessage, messageId } from '../../protocol/message/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';
import { signRoster } from '../../protocol/statement/index.ts';
import {
  MAX_FRAME_BYTES,
  deviceRequestShape,
  identityShape,
  readFrame,
  strangerRequestShape,
  writeFrame,
  zlibDeflate,
  type DeviceAnswer,
  type DeviceRequest,
  type FeedItem,
  type FrameChannel,
  type HoldNotice,
  type IdentityNews,
  type MessageSigner,
  type OwnDevice,
  type Person,
  type RecordingNotice,
} from '../../protocol/wire/index.ts';
import { channelPair } from './channel-pair.ts';
import { makeSerial, type TestDevice, type TestNode, type TestOrganisation } from './organisation.ts';

type Results = Extract<DeviceAnswer, { type: 'submitted' }>['results'];
type Submit = Extract<DeviceRequest, { type: 'submit' }>;
type Refused = { code: string; text: string };

export class FakeNode {
  readonly organisation: TestOrganisation;
  readonly node: TestNode;
  readonly items: FeedItem[] = [];
  readonly signers = new Map<string, MessageSigner>();
  /** Everything devices asked. */
  readonly requests: DeviceRequest[] = [];
  readonly enrolments: unknown[] = [];
  /** Bundles shown by those who dialled. */
  readonly shown: (Uint8Array | null)[] = [];
  dials = 0;
  rosterNumber = 1;
  /** Its clock, in milliseconds: ticks with everything archived. */
  time: number;
  /** Whether a dial is answered. */
  reachable = true;
  /** Called for each submission before it is taken: may throw to break the stream, or wait. */
  beforeSubmit: (request: Submit) => Promise<void> | void = () => undefined;
  /** Called after it was taken, before it is answered. */
  afterSubmit: (request: Submit) => Promise<void> | void = () => undefined;
  /** Refuses a message, by the text in it. */
  refuse: (text: string) => Refused | undefined = () => undefined;
  /** Refuses a whole request. */
  refuseRequest: (request: DeviceRequest) => { code: string; message: string } | undefined = () => undefined;
  renewed: (() => Promise<Uint8Array>) | undefined;
  /** How often a device that enrols is told to wait for an operator. */
  undecided = 0;
  /** The chunks that were handed in of each file, by its hash in hex. */
  readonly files = new Map<string, Uint8Array[]>();
  people: Person[] = [];
  partners: Extract<DeviceAnswer, { type: 'contacts' }>['partners'] = [];
  /** What the member's devices are, and how a session is to go. */
  devices: OwnDevice[] = [];
  idleLock: number | null = null;
  /** What members are told of being recorded; null where nothing is. */
  recording: RecordingNotice | null = null;
  /** Legal holds that members are told of. */
  holdNotices: HoldNotice[] = [];
  /** What a device that was revoked is told by the organisation; null while it was not. */
  notice: Uint8Array | null = null;
  /** Refuses whoever shows a bundle. */
  refuseIdentity: { code: string; message: string } | undefined;
  /** How often a device reported that it is wiped; deaf, it hears of none. */
  wipes = 0;
  deafToWipes = false;
  /** Seconds: when its roster is issued. */
  rosterIssued: number;
  readonly #channels = new Set<FrameChannel>();
  readonly #streams = new Set<FrameChannel>();
  readonly #known = new Map<string, number>();
  #grown = Promise.withResolvers<undefined>();

  constructor(organisation: TestOrganisation, node: TestNode) {
    this.organisation = organisation;
    this.node = node;
    this.time = organisation.at * 1000;
    this.rosterIssued = organisation.at;
  }

  get address(): string {
    return `/ip4/127.0.0.1/tcp/1/p2p/${this.node.peerId}`;
  }

  /** The network of one device. */
  transport(): Transport {
    return {
      dial: async () => {
        await Promise.resolve();
        this.dials += 1;
        if (!this.reachable) throw new ChanceryError('node.unreachable', 'the node does not answer');
        return this.#link();
      },
      close: async () => Promise.resolve(),
    };
  }

  /** Ends every device stream, saying why. */
  endAll(refusal: { code: string; message: string }): void {
    for (const channel of this.#streams) void writeFrame(channel, { type: 'refused', id: 0, ...refusal });
  }

  /** Breaks every connection. */
  breakOff(): void {
    for (const channel of this.#channels) channel.abort(new Error('the network is gone'));
    this.#channels.clear();
  }

  /** Lets everyone know a device, as if its chain had been archived. */
  knows(device: TestDevice, person: Partial<Person> = {}, rootId = this.organisation.rootId): void {
    const { subject } = personOf(device);
    const domain = subject.slice(subject.indexOf('@') + 1);
    const own = domain === this.organisation.domain;
    const hash = nodeSuite.sha256(device.certificate.der);
    this.signers.set(toString(hash, 'hex'), {
      device: hash,
      person: {
        address: subject,
        name: subject,
        roles: ['member'],
        domain,
        level: own ? 'own' : 'dnssec',
        since: 1,
        ...person,
      },
      rootId,
      chain: device.chain.map(({ der }) => der),
    });
  }

  /** Puts an envelope into the feed, whatever it is. */
  archive(envelope: Uint8Array): number {
    const sequence = this.items.length + 1;
    this.items.push({ type: 'message', sequence, time: this.#tick(), envelope });
    this.#wake();
    return sequence;
  }

  /** Tells that somebody's identity changed. */
  announce(news: IdentityNews): void {
    const sequence = this.items.length + 1;
    this.items.push({ type: 'identity', sequence, time: this.#tick(), news });
    this.#wake();
  }

  deliver(
    message: Uint8Array,
    domain: string,
    outcome: Extract<FeedItem, { type: 'delivery' }>['outcome'],
  ): void {
    const sequence = this.items.length + 1;
    this.items.push({ type: 'delivery', sequence, time: this.#tick(), message, domain, outcome });
    this.#wake();
  }

  /** What texts are archived, in order. */
  get texts(): string[] {
    return this.items.flatMap((item) => {
      if (item.type !== 'message') return [];
      const { content } = valueOf(decodeMessage(item.envelope, nodeSuite));
      return content.kind === 'text' || content.kind === 'attachment' ? [content.text] : [];
    });
  }

  async bundle(): Promise<Uint8Array> {
    const { domain, statement } = this.organisation;
    const roster = await signRoster(
      {
        domain,
        number: this.rosterNumber,
        issued: this.rosterIssued,
        nextUpdate: this.rosterIssued + 86_400,
        nodes: [{ peer: this.node.peerId, roles: ['gateway', 'archive'], addresses: [] }],
        revoked: [],
      },
      statement.signer,
    );
    return encodeBundle({
      proof: null,
      chain: this.node.chain.map(({ der }) => der),
      handovers: [],
      statement: statement.certificate.der,
      roster,
    });
  }

  #link(): Link {
    return {
      peerKey: this.node.signer.publicKey,
      open: async (protocol) => {
        await Promise.resolve();
        const [near, far] = channelPair();
        this.#channels.add(near);
        const serving =
          protocol === 'identity'
            ? this.#identify(far)
            : protocol === 'enrolment'
              ? this.#enrol(far)
              : this.#serve(far);
        serving.catch((error: unknown) => far.abort(error as Error));
        return near;
      },
      close: async () => Promise.resolve(),
    };
  }

  async #identify(channel: FrameChannel): Promise<void> {
    const frame = valueOf(await readFrame(channel, identityShape, MAX_FRAME_BYTES, 'identity'));
    const deflate = zlibDeflate(zlib);
    this.shown.push(frame.bundle === null ? null : valueOf(await deflate.inflate(frame.bundle)));
    if (frame.bundle !== null && this.refuseIdentity !== undefined)
      return writeFrame(channel, { type: 'refused', ...this.refuseIdentity });
    const bundle = await deflate.deflate(await this.bundle());
    await writeFrame(channel, { type: 'identity', v: 1, bundle, handovers: false });
  }

  async #enrol(channel: FrameChannel): Promise<void> {
    const frame = valueOf(await readFrame(channel, strangerRequestShape, MAX_FRAME_BYTES, 'enrolment'));
    if (frame.type === 'standing') return writeFrame(channel, { type: 'standing', notice: this.notice });
    if (frame.type === 'wiped') {
      if (this.deafToWipes) throw new Error('the connection is gone');
      this.wipes += 1;
      return writeFrame(channel, { type: 'noted' });
    }
    this.enrolments.push(frame);
    if (this.undecided > 0) {
      this.undecided -= 1;
      await writeFrame(channel, {
        type: 'pending',
        fingerprint: 'of the node’s making',
        until: this.time + 1_000,
      });
      return;
    }
    const bundle = await this.renewed?.();
    await writeFrame(
      channel,
      bundle === undefined
        ? { type: 'refused', code: 'enrolment.bad-code', message: 'the code is wrong' }
        : { type: 'enrolled', bundle, nodes: [this.address] },
    );
  }

  async #serve(channel: FrameChannel): Promise<void> {
    this.#streams.add(channel);
    for (let frame = await channel.read(); frame !== null; frame = await channel.read()) {
      const request = valueOf(decodeCbor(frame, MAX_FRAME_BYTES, deviceRequestShape, 'request'));
      this.requests.push(request);
      const refused = this.refuseRequest(request);
      const { id } = request;
      const answering =
        refused === undefined
          ? this.#answer(request)
          : Promise.resolve<DeviceAnswer>({ type: 'refused', id, ...refused });
      answering
        .then((answer) => channel.write(encodeCbor(answer)))
        .catch((error: unknown) => channel.abort(error as Error));
    }
  }

  async #answer(request: DeviceRequest): Promise<DeviceAnswer> {
    const { id } = request;
    switch (request.type) {
      case 'begin':
        return {
          ...{ type: 'begun', id, ends: this.time + 86_400_000, idleLock: this.idleLock },
          ...(this.recording === null ? {} : { notice: this.recording }),
          ...(this.holdNotices.length === 0 ? {} : { holdNotices: this.holdNotices }),
        };
      case 'acknowledge-recording':
        if (this.recording !== null) this.recording = { ...this.recording, acknowledged: true };
        return { type: 'recording-acknowledged', id };
      case 'acknowledge-hold':
        this.holdNotices = this.holdNotices.filter(({ hold }) => hold !== request.hold);
        return { type: 'hold-acknowledged', id };
      case 'submit': {
        await this.beforeSubmit(request);
        const results = request.envelopes.map((envelope) => this.#take(envelope));
        await this.afterSubmit(request);
        return { type: 'submitted', id, results };
      }
      case 'read': {
        while (request.wait && this.items.length < request.cursor) await this.#grown.promise;
        return this.#page(
          id,
          this.items.slice(Math.max(0, request.cursor - 1), Math.max(0, request.cursor - 1) + request.limit),
          (items) => (items.at(-1)?.sequence ?? Math.max(request.cursor - 1, 0)) + 1,
        );
      }
      case 'history': {
        const { before, limit } = request;
        const items = this.items.filter(
          (item) => item.type === 'message' && (before === null || item.sequence < before),
        );
        return this.#page(id, items.slice(-limit), (page) =>
          page.length < items.length ? (page[0]?.sequence ?? null) : null,
        );
      }
      case 'versions':
        return this.#page(id, [], () => null);
      case 'file-begin':
        return { type: 'file-has', id, chunks: this.#chunksOf(request.file.digest).length };
      case 'file-put': {
        const chunks = this.#chunksOf(request.digest);
        if (request.index === chunks.length) chunks.push(request.bytes);
        return { type: 'file-has', id, chunks: chunks.length };
      }
      case 'file-get':
        return { type: 'refused', id, code: 'request.invalid', message: 'no files are kept here' };
      case 'archive-find':
      case 'archive-open':
      case 'archive-trail':
      case 'archive-head':
      case 'archive-prove':
      case 'case-list':
      case 'case-show':
      case 'case-events':
      case 'case-tag':
      case 'case-note':
      case 'archive-file-begin':
      case 'archive-file-get':
      case 'archive-about':
      case 'officer-act':
      case 'officer-requests':
      case 'officer-request':
      case 'officer-holds':
      case 'officer-policy':
      case 'review-list':
      case 'review-show':
      case 'review-decide':
      case 'message-requests':
      case 'accept-person':
      case 'decline-person':
      case 'report-message':
        return { type: 'refused', id, code: 'officer.required', message: 'nobody here is an officer' };
      case 'conversations':
        return { type: 'conversations', id, conversations: [], after: null };
      case 'contacts':
        return { type: 'contacts', id, people: this.people, partners: this.partners, after: null };
      case 'renew': {
        const bundle = await this.renewed?.();
        return bundle === undefined
          ? { type: 'refused', id, code: 'device.revoked', message: 'this device was revoked' }
          : { type: 'renewed', id, bundle };
      }
      case 'devices':
        return { type: 'devices', id, devices: this.devices };
      case 'revoke-device':
        this.devices = this.devices.map((device) =>
          device.serial === request.serial ? { ...device, state: 'revoked' } : device,
        );
        return { type: 'device-revoked', id, serial: request.serial };
    }
  }

  #chunksOf(digest: Uint8Array): Uint8Array[] {
    const name = toString(digest, 'hex');
    const chunks = this.files.get(name) ?? [];
    this.files.set(name, chunks);
    return chunks;
  }

  #page(id: number, items: FeedItem[], cursor: (items: FeedItem[]) => number | null): DeviceAnswer {
    return { type: 'feed', id, items, signers: [...this.signers.values()], cursor: cursor(items) };
  }

  #take(envelope: Uint8Array): Results[number] {
    const decoded = valueOf(decodeMessage(envelope, nodeSuite));
    const message = messageId(decoded.payload, nodeSuite.sha256);
    const name = toString(message, 'hex');
    const known = this.#known.get(name);
    const refused = this.refuse(
      decoded.content.kind === 'text' ? decoded.content.text : decoded.content.kind,
    );
    if (refused !== undefined && known === undefined) return { state: 'refused', message, ...refused };
    const sequence = known ?? this.archive(envelope);
    this.#known.set(name, sequence);
    return { state: 'archived', message, sequence, time: this.time };
  }

  #tick(): number {
    return (this.time += 1);
  }

  #wake(): void {
    this.#grown.resolve(undefined);
    this.#grown = Promise.withResolvers<undefined>();
  }
}

function personOf({ certificate }: TestDevice): { subject: string } {
  return { subject: certificate.sans.email[0] ?? '' };
}

/** The bundle a device shows. */
export function deviceBundle(device: Pick<TestDevice, 'chain'>): Uint8Array {
  return encodeBundle({
    proof: null,
    chain: device.chain.map(({ der }) => der),
    handovers: [],
    statement: null,
    roster: null,
  });
}

/** A certificate for the same device anew, with the validity given in seconds. */
export async function reissue(
  organisation: TestOrganisation,
  device: TestDevice,
  validity: { readonly from: number; readonly until: number },
  address = personOf(device).subject,
): Promise<TestDevice> {
  const der = await issueDevice({
    publicKey: device.signer.publicKey,
    address: valueOf(parseAddress(address)),
    deviceId: 'device',
    name: address,
    roles: ['member'],
    serial: makeSerial(`again ${address} ${validity.from}`),
    notBefore: validity.from,
    notAfter: validity.until,
    issuer: organisation.issuer.certificate,
    signer: organisation.issuer.signer,
  });
  const certificate = valueOf(parseCertificate(der));
  return { ...device, certificate, chain: [certificate, ...device.chain.slice(1)] };
}
