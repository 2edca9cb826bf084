/** What other logs and their witnesses published, with the keys they publish: what reads ours must read theirs. */
import { readFileSync } from 'node:fs';
import type { NoteKey } from '../../protocol/checkpoint/index.ts';

const bytes = (encoded: string): Uint8Array => Uint8Array.from(Buffer.from(encoded, 'base64'));

/** Witnesses of Mullvad, TrustFabric and Geomys, in the order of their lines under Rekor's checkpoint. */
export const PUBLIC_WITNESSES = [
  'witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv',
  'staging.witness.transparency.goog/ring-any-bells+2e1a8dc9+BG5JTpLc3FJtwzgh1Uv+Qelz9qeOH2bfWjS1s0s+y4rL',
  'witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G',
] as const;

/** The test log of transparency-dev/tessera (Apache-2.0), as it is served: 15 entries of one word each. */
export const TESSERA = {
  verifierKey: 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx',
  checkpoint:
    'example.com/log/testdata\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\n— example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=\n',
  tile: bytes(
    '0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+emrGrfwfHyP4O/0um+qU8fkQS6RpZkVPoqk4Bvuzlt4JWcfFGxeRx6KGoOjwhTOS6kHuPOliI0UzIzTznW7Eu+U9xWrP6pdBx5uKsS7mU1b9zWUPcw3mdoNCF55gM+5M2rMwprg4Cp3sPRXjBrBdJPXnPQmIQSSmsgE+R/E56xa8MojPnomuMNcLJP1JMe5BeeiEFZA1tzFlGlM/1bSbvsl2Q0P5jSR+TdkwdXWyx+GbBWX0KZbNZkWzCjyTPSozsxOFyChXYNhwr5ULEFQNYCU3GYvLavt2rt0rv46WBApa/dR0Kmj81pWwbFA5Nyb0qTkyuwXOIn2RsV2c3wATprlHTl9PRkCsBHBJiDsgnbxPM+BP5oV3HsHfbLi8MoJB327LYxG7faX1XMxheaUtO4sHQS4QiLJ/LTYpdCi/s/tMzutXBwOswN8pyYez83RD63wfGhNWAVggZyXDSKXlHj7pfT+zJ9jw2H+Ob1WS8hhN7wjY353GU1mgmgMhKfrmtW2yU5hvbMX4JLy9NRJSuDqSQad7zSGTjnlyM9ld5pJXzeG3BjnX0UNSZ8RnB6u4g3YKT8h/J0IcUoY1ysc1g61',
  ),
  bundle: bytes(
    'AANvbmUAA3R3bwAFdGhyZWUABGZvdXIABGZpdmUAA3NpeAAFc2V2ZW4AA2VpdAAEbmFpbgADdGVuAAZpbGV2ZW4ABXR3ZWxmAAh0aHJlZXRlbgAHZm91cnRlbgAGZml2dGVu',
  ),
};

/** An entry of Rekor with its proof and the checkpoint that covers it, cosigned by the public witnesses. */
export interface RekorEntry {
  readonly verifierKey: string;
  readonly logIndex: string;
  readonly checkpoint: string;
  /** In base64: the proof, and what the leaf is the hash of. */
  readonly hashes: readonly string[];
  readonly body: string;
}

export function rekorEntry(): RekorEntry {
  const file = new URL('../interop/rekor-entry.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as RekorEntry;
}

/** The key in a verifier key (C2SP signed-note): after the name, the id and the type. */
export function keyOf(verifierKey: string): NoteKey {
  const [name = '', , ...material] = verifierKey.split('+');
  return { name, publicKey: bytes(material.join('+')).subarray(1) };
}
