export { Oversight, type Acted, type HoldInForce, type OpenedRequest } from './oversight.ts';
