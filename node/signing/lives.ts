/** How long the certificates of an organisation hold, in seconds, each within its issuer's time. */
const DAY = 86_400;

export const LIFE = {
  root: 2 * 365 * DAY,
  issuer: 90 * DAY,
  statement: 89 * DAY,
  node: 60 * DAY,
  device: 14 * DAY,
} as const;

/** Seconds certificates begin before they are made, for the clocks of those who check them. */
export const BACKDATE = 300;
