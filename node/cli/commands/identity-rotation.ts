/** `chancery identity rotate-issuer`, `rotate-root` and `revoke-root`: another key in force, step by step. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import type { OperationInput, OperationOutput } from '../../operations/contract.ts';
import { examples } from '../arguments.ts';
import type { Dependencies } from '../dependencies.ts';
import { fields } from '../layout.ts';
import type { OpenSession, Session } from '../session.ts';
import type { Paint } from '../voice.ts';

type Outcome = OperationOutput<'identity.rotate-root'>;

interface SigningOptions {
  readonly request?: string;
  readonly signed?: string;
}

const REQUEST = '--request <file>';
const REQUEST_HELP = 'where to write what an offline root is to sign';
const SIGNED = '--signed <file>';
const SIGNED_HELP = 'the signatures of the offline root, from chancery identity sign';

export function addRotation(group: Command, open: OpenSession, dependencies: Dependencies): void {
  addRotateIssuer(group, open);
  addRotateRoot(group, open, dependencies);
  addRevokeRoot(group, open);
}

function addRotateIssuer(group: Command, open: OpenSession): void {
  const command = group
    .command('rotate-issuer')
    .summary('put another issuer in force')
    .description(
      'Makes a new issuer key, has the root certify it, and puts it in force. Devices and partners go on meanwhile; ' +
        'with --compromised the issuer before is revoked, and every device has to renew its certificate at once.',
    )
    .option('--compromised', 'the key in force may be in other hands')
    .option(REQUEST, REQUEST_HELP)
    .option(SIGNED, SIGNED_HELP)
    .action(async (options: SigningOptions & { compromised?: boolean }, self: Command) => {
      const session = open(self);
      const cause = options.compromised === true ? 'key-compromise' : 'superseded';
      const outcome = await session.ask('identity.rotate-issuer', { cause, ...(await answerIn(options)) });
      await tell(session, options, outcome, () => 'another issuer is in force');
    });
  examples(
    command,
    'chancery identity rotate-issuer',
    'chancery identity rotate-issuer --request issuer-request.json',
    'chancery identity rotate-issuer --signed issuer-signed.json',
  );
}

interface RootOptions extends SigningOptions {
  readonly prepare?: boolean;
  readonly complete?: boolean;
  readonly offlineRoot?: string;
  readonly certificate?: string;
  readonly passphraseFile?: string;
}

function addRotateRoot(group: Command, open: OpenSession, dependencies: Dependencies): void {
  const command = group
    .command('rotate-root')
    .summary('prepare another root, and put it in force')
    .description(
      'In two steps. --prepare makes the next root and prints the record to publish beside the present one. When it is ' +
        'in DNS, --complete has the old root hand over to it, puts it in force, and prints the one record to publish then. ' +
        'Partners and devices follow by themselves, also those that are away meanwhile. chancery doctor tells each step.',
    )
    .option('--prepare', 'make the next root')
    .option('--complete', 'put the next root in force')
    .option('--offline-root <file>', 'with --prepare: keep its key in this file, away from the node')
    .option('--certificate <file>', 'with --prepare: its certificate, from chancery identity new-root')
    .option('--passphrase-file <file>', 'with --offline-root: protect the key by the passphrase in this file')
    .option(REQUEST, REQUEST_HELP)
    .option(SIGNED, SIGNED_HELP)
    .action(async (options: RootOptions, self: Command) => {
      if ((options.prepare === true) === (options.complete === true))
        throw new ChanceryError('request.invalid', 'give --prepare or --complete, one of the two');
      const session = open(self);
      if (options.complete === true) {
        const outcome = await session.ask('identity.rotate-root', {
          step: 'complete',
          ...(await answerIn(options)),
        });
        await tell(session, options, outcome, () => 'the next root is in force');
        return;
      }
      const certificate = await nextCertificate(session, options, dependencies);
      const input = { step: 'prepare' as const, ...(certificate === undefined ? {} : { certificate }) };
      const outcome = await session.ask('identity.rotate-root', input);
      await tell(session, options, outcome, ({ nextRootId }) => `the next root is ${nextRootId ?? ''}`);
    });
  examples(
    command,
    'chancery identity rotate-root --prepare',
    'chancery identity rotate-root --complete',
    'chancery identity rotate-root --prepare --offline-root /media/usb/next-root.key',
    'chancery identity rotate-root --complete --request handover.json',
    'chancery identity rotate-root --complete --signed handover-signed.json',
  );
}

/** Base64 of the next root's certificate, where its key is not the node's to make. */
async function nextCertificate(
  session: Session,
  { offlineRoot, certificate, passphraseFile }: RootOptions,
  dependencies: Dependencies,
): Promise<string | undefined> {
  if (certificate !== undefined) {
    const { certificateInFile } = await import('./root-file.ts');
    return Buffer.from(await certificateInFile(certificate)).toString('base64');
  }
  if (offlineRoot === undefined) return undefined;
  const { makeOfflineRoot, passphraseFor } = await import('./root-file.ts');
  const { domain } = await session.ask('status', {});
  const passphrase = passphraseFor(passphraseFile, dependencies);
  const made = await makeOfflineRoot({ file: offlineRoot, domain, passphrase, dependencies });
  return Buffer.from(made.certificate).toString('base64');
}

function addRevokeRoot(group: Command, open: OpenSession): void {
  const command = group
    .command('revoke-root')
    .summary('end the root in force at once, as when its key was stolen')
    .description(
      'Ends the root in force at once: the prepared root takes over, or one made now. Publish the record that is printed ' +
        'without delay: until DNS says so, partners that verify by DNSSEC wait. With --lost the old key signs no handover ' +
        'any more: then every partner’s operator has to approve the new root, and every device to enrol again.',
    )
    .option('--lost', 'the old key is not at hand any more')
    .option(REQUEST, REQUEST_HELP)
    .option(SIGNED, SIGNED_HELP)
    .option('--yes', 'do it without being asked')
    .action(async (options: SigningOptions & { lost?: boolean; yes?: boolean }, self: Command) => {
      const session = open(self);
      const { voice } = session;
      if (options.yes !== true && !(await voice.confirm('End the root in force now?', '--yes'))) {
        voice.note('nothing was changed');
        return;
      }
      const input = { lost: options.lost === true, ...(await answerIn(options)) };
      const outcome = await session.ask('identity.revoke-root', input);
      await tell(session, options, outcome, () => 'the root was revoked, and another one is in force');
    });
  examples(command, 'chancery identity revoke-root', 'chancery identity revoke-root --lost --yes');
}

async function answerIn({
  signed,
}: SigningOptions): Promise<Pick<OperationInput<'identity.revoke-root'>, 'answer'>> {
  if (signed === undefined) return {};
  return { answer: await readJson(signed) };
}

/** Throws `request.invalid` for a file that is no JSON object. */
export async function readJson(file: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (cause) {
    throw new ChanceryError(
      'request.invalid',
      `${file} cannot be read as JSON; give the file that was written`,
      {
        cause,
      },
    );
  }
  throw new ChanceryError('request.invalid', `${file} holds no JSON object; give the file that was written`);
}

async function tell(
  { voice }: Session,
  { request }: SigningOptions,
  outcome: Outcome,
  done: (outcome: Outcome) => string,
): Promise<void> {
  if (outcome.state !== 'to-sign') {
    voice.result(outcome, (shown, paint) => `${done(shown)}\n\n${publish(shown, paint)}`);
    return;
  }
  const text = `${JSON.stringify(outcome.request, null, 2)}\n`;
  if (request !== undefined) await writeFile(request, text, { mode: 0o600 });
  voice.result(outcome, () => (request === undefined ? text : `what the root is to sign is in ${request}\n`));
  voice.note(
    'the key of the root is not here, so nothing has changed yet. Have it sign with chancery identity sign, then run this again with --signed',
  );
}

function publish(outcome: Outcome, paint: Paint): string {
  const head = fields([
    ['root id', `${outcome.rootId} (sequence ${outcome.sequence})`],
    ['next root', outcome.nextRootId ?? 'none prepared'],
    ['roster', String(outcome.rosterNumber)],
  ]);
  const records = outcome.records.map(
    ({ name, value }) => `  ${paint.bold(`${name}. 3600 IN TXT "${value}"`)}\n`,
  );
  return `${head}\nWhat DNS must say from now on, and nothing else of Chancery at that name:\n\n${records.join('')}`;
}
