/** How large a policy can be. */

/** Bytes of a policy file. */
export const MAX_POLICY_BYTES = 262_144;
