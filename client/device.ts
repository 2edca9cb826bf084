/** This device as its bundle certifies it: under which certificate it signs, and until when. */
import { ChanceryError } from '../protocol/errors/index.ts';
import { decodeBundle, verifyChain } from '../protocol/identity/index.ts';
import type { Author } from './composer.ts';
import type { Holds } from './enrolment.ts';
import type { Platform } from './platform.ts';
import type { Profile } from './profile.ts';

export interface Device extends Author {
  readonly holds: Holds;
  /** Device, issuer and root (DER). */
  readonly chain: readonly Uint8Array[];
}

/** Reads the device from a profile, whether or not its certificate still holds. Throws `config.invalid`. */
export function deviceOf(profile: Profile, { context }: Pick<Platform, 'context'>): Device {
  const bundle = decodeBundle(profile.bundle);
  const path = bundle.ok ? verifyChain(bundle.value.chain, null, context.suite) : bundle;
  const leaf = bundle.ok ? bundle.value.chain[0] : undefined;
  if (!bundle.ok || !path.ok || leaf === undefined) {
    throw new ChanceryError(
      'config.invalid',
      'the certificate in the profile is damaged; enrol in a new home',
    );
  }
  const { chain } = bundle.value;
  return { address: profile.address, device: context.suite.sha256(leaf), holds: path.value.window, chain };
}
