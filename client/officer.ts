/** What a compliance officer's device has beside a member's: archive, cases, exports, what officers sign, and the queue of reviews. */
import { OfficerArchive, type Provenance } from './archive/index.ts';
import { OfficerCases } from './cases/index.ts';
import type { Device } from './device.ts';
import { Exporter } from './export/index.ts';
import type { Verifier } from './feed/index.ts';
import { Oversight } from './oversight/index.ts';
import type { Platform } from './platform.ts';
import { OfficerReviews } from './reviews/index.ts';
import type { Requests } from './session/index.ts';

export interface Officer {
  readonly archive: OfficerArchive;
  readonly cases: OfficerCases;
  readonly exporter: Exporter;
  readonly oversight: Oversight;
  readonly reviews: OfficerReviews;
}

export interface OfficerOptions extends Pick<Platform, 'signer' | 'unsealer' | 'clock' | 'randomBytes'> {
  readonly provenance: Provenance;
  readonly verifier: Verifier;
  readonly address: string;
  /** This device, as it is certified now. */
  readonly device: () => Device;
  /** Throws why there is no connection. */
  readonly requests: () => Requests;
}

/** Every device has them: its organisation's node decides who is an officer. */
export function officerOf(options: OfficerOptions): Officer {
  const archive = new OfficerArchive(options);
  const cases = new OfficerCases({ suite: options.provenance.suite, requests: options.requests });
  const oversight = new Oversight(options);
  const exporter = new Exporter({ ...options, archive, cases, oversight });
  const reviews = new OfficerReviews({ archive, requests: options.requests });
  return { archive, cases, exporter, oversight, reviews };
}
