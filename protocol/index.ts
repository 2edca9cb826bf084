export * from './errors/index.ts';
export * from './encoding/index.ts';
