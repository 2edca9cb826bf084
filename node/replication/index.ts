export { Copies } from './copies.ts';
export { fetchFileFrom, answerFiles } from './file-exchange.ts';
export { FileFollower } from './file-follower.ts';
export { Follower, fetchKeys, type FollowerState } from './follower.ts';
export { Herald } from './herald.ts';
export { answerState, askState, type NodeState } from './node-state.ts';
export { Primary, type ReplicaState } from './primary.ts';
export { answerStanding, askStanding, type LeadershipOptions } from './standing.ts';
export { answerFetch, mendFrom } from './stored-records.ts';
