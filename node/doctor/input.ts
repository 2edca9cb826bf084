/** What the checks work with: the home that is examined, and what they need of the platform and the network. */
import type { CryptoSuite, Signer } from '../../protocol/crypto/index.ts';
import type { Result } from '../../protocol/errors/index.ts';
import type { Config, Environment } from '../config/index.ts';
import type { HomeLayout } from '../home/index.ts';
import type { FoundDomain } from '../identity/index.ts';

export interface DoctorTools {
  /** Of the Node.js that runs this, such as `24.1.0`. */
  readonly nodeVersion: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly suite: CryptoSuite;
  readonly signer: (seed: Uint8Array) => Signer;
  /** Who DNS says the configured domain is, by its servers and anchors. */
  readonly findDomain: (config: Config) => Promise<Result<FoundDomain>>;
}

export interface DoctorInput extends DoctorTools {
  readonly home: HomeLayout;
  readonly env: Environment;
}
