export {
  type OperationInput,
  type OperationName,
  type OperationOutput,
  type Operations,
} from './contract.ts';
export { operationsOfArchive, operationsOfGateway, operationsOfReplica } from './operations.ts';
