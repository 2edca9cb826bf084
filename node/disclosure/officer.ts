/** Who is handed anything of the archive: compliance officers in good standing. */
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { isOfficer } from '../custody/index.ts';
import type { Device, Members } from '../ledger/index.ts';

/** Refuses with `officer.required`. */
export function requireOfficer(members: Members, { address }: Device): Result<void> {
  const member = members.find(address);
  return member !== undefined && isOfficer(member)
    ? accept(undefined)
    : refuse(
        'officer.required',
        `${address} is no compliance officer: whoever has that role opens the archive`,
      );
}
