export { Disclosure, type DisclosureOptions } from './disclosure.ts';
