/** Trust anchors as a configuration or a command line names them. */
import { parseTrustAnchor, ROOT_ANCHORS, type TrustAnchor } from '../../protocol/dnssec/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';

/** @param lines DS records of the root; none for those of IANA. Throws what {@link parseTrustAnchor} refuses. */
export function anchorsOf(lines: readonly string[]): readonly TrustAnchor[] {
  return lines.length === 0 ? ROOT_ANCHORS : lines.map((line) => valueOf(parseTrustAnchor(line)));
}
