export { Disclosure } from './disclosure.ts';
