/**
 * The bench's sender: an enrolled device with a real session that signs and submits, and keeps nothing. It makes the
 * load and is not what is measured, so it does no more than any device must.
 */
import { randomBytes } from 'node:crypto';
import * as zlib from 'node:zlib';
import { webCryptoDnssec } from '../../protocol/dnssec/index.ts';
import { decodeBundle } from '../../protocol/identity/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { signMessage } from '../../protocol/message/index.ts';
import { zlibDeflate } from '../../protocol/wire/index.ts';
import { createTransport } from '../../client/adapters/libp2p.ts';
import { homeAt } from '../../client/adapters/home.ts';
import { openSession, type Session } from '../../client/session/index.ts';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';

/** Messages in one frame. */
const FRAME = 32;

/** The bench measures messages, not its own machine. */
const FACTS = {
  clientVersion: '1.0.0',
  platform: 'bench',
  osVersion: null,
  diskEncryption: null,
  managedId: null,
};

export class Sender {
  readonly #session: Session;
  readonly #sign: (text: string) => Promise<Uint8Array>;
  readonly #close: () => Promise<void>;

  private constructor(
    session: Session,
    sign: (text: string) => Promise<Uint8Array>,
    close: () => Promise<void>,
  ) {
    this.#session = session;
    this.#sign = sign;
    this.#close = close;
  }

  /** Opens a session for the device of an enrolled home, which writes in the given conversation. */
  static async open(directory: string, conversation: Uint8Array): Promise<Sender> {
    const home = homeAt(directory);
    const [profile, seed] = [await home.readProfile(), await home.readKey()];
    if (profile === undefined) throw new Error(`no device is enrolled in ${directory}`);
    const signer = sodiumSigner(seed);
    const transport = await createTransport(seed);
    const session = await openSession(
      profile,
      {
        transport,
        signer,
        context: {
          suite: sodiumSuite,
          dnssec: webCryptoDnssec(globalThis.crypto.subtle, sodiumSuite.verifyEd25519),
          anchors: [],
        },
        deflate: zlibDeflate(zlib),
        clock: Date.now,
        after(milliseconds, run) {
          const timer = setTimeout(run, milliseconds);
          return () => clearTimeout(timer);
        },
        randomBytes: (length) => new Uint8Array(randomBytes(length)),
        describe: () => Promise.resolve({ facts: FACTS, attestation: null }),
      },
      () => Promise.resolve(),
    );
    const device = sodiumSuite.sha256(valueOf(decodeBundle(profile.bundle)).chain[0] ?? new Uint8Array());
    const sign = (text: string): Promise<Uint8Array> =>
      signMessage(
        {
          conversation,
          sender: profile.address,
          device,
          parents: [],
          time: Date.now(),
          salt: new Uint8Array(randomBytes(16)),
          content: { kind: 'text', text },
        },
        signer,
      );
    return new Sender(session, sign, async () => {
      await session.requests.close();
      await transport.close();
    });
  }

  /** Sends so many messages, at most `inFlight` not yet archived; throws when one is refused. */
  async send(text: () => string, count: number, inFlight: number): Promise<void> {
    const flight: Promise<void>[] = [];
    for (let sent = 0; sent < count; sent += FRAME) {
      const envelopes = await Promise.all(
        Array.from({ length: Math.min(FRAME, count - sent) }, () => this.#sign(text())),
      );
      flight.push(this.#submit(envelopes));
      if (flight.length * FRAME >= inFlight) await flight.shift();
    }
    await Promise.all(flight);
  }

  async #submit(envelopes: Uint8Array[]): Promise<void> {
    const { results } = await this.#session.requests.ask('submit', { envelopes });
    const refused = results.find((result) => result.state === 'refused');
    if (refused !== undefined) throw new Error(`a message was refused: ${JSON.stringify(refused)}`);
  }

  close(): Promise<void> {
    return this.#close();
  }
}
