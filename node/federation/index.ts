export { askHeld, type AskHeldOptions, type HeldMessage } from './ask-held.ts';
export { Backoff } from './backoff.ts';
export { Directory } from './directory.ts';
export { greet, type Greeting } from './greeting.ts';
export { HeldMessages } from './held.ts';
export { PartnerTerms } from './partner-terms.ts';
export { PartnerDirectories } from './partner-directories.ts';
export { Receiver } from './receiver.ts';
export { Sender, type SenderState } from './sender.ts';
