export { parseCertificate, type Certificate } from './certificate.ts';
export { issueCrl } from './crl.ts';
export { isRole, isShowableName } from './details.ts';
export { verifyHandovers, verifyRoot, type Handover } from './handover.ts';
export {
  canStandInCertificate,
  issueDevice,
  issueHandover,
  issueIssuer,
  issueNode,
  issueRoot,
  issueStatementSigner,
} from './issue.ts';
export { keyFingerprint, peerIdOf, rootIdOf } from './key.ts';
export { verifyPath, type VerifiedPath } from './path.ts';
export { decodePem, encodePem } from './pem.ts';
export { decodePkcs8, encodePkcs8 } from './pkcs8.ts';
export {
  inspectPkcs8,
  openPkcs8,
  protectPkcs8,
  type PassphraseCrypto,
  type WrittenKey,
} from './protected-pkcs8.ts';
export { assembleCertificate } from './sign.ts';
export { readSubject } from './subject.ts';
