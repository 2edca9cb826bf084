export { BACKDATE, LIFE } from './lives.ts';
export { makeNextRoot } from './next-root.ts';
export {
  AbsentSigner,
  answerRequest,
  certificatesOf,
  readSigningAnswer,
  readSigningRequest,
  signedCertificates,
  type SigningAnswer,
  type SigningRequest,
} from './signing-request.ts';
