export { ArchiveSide } from './archive-side.ts';
export { GatewaySide, addressesOf } from './gateway-side.ts';
