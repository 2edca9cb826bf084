/** What a program that talks to Chancery needs of the protocol, as the package ‘chancery/protocol’ exports it. */
export * from './certificate/index.ts';
export * from './checkpoint/index.ts';
export * from './conversation/index.ts';
export * from './crypto/index.ts';
export * from './device/index.ts';
export * from './encoding/index.ts';
export * from './errors/index.ts';
export * from './identity/index.ts';
export * from './merkle/index.ts';
export * from './message/index.ts';
export * from './names/index.ts';
export * from './search/index.ts';
export * from './statement/index.ts';
export * from './wire/index.ts';
