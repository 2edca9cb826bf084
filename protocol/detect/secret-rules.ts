/**
 * The forms of keys and tokens that give access by themselves, as the services that issue them document them. Each rule
 * has a literal that is searched for first, and an expression that repeats nothing ambiguously.
 */

export interface SecretRule {
  readonly kind: string;
  /** Every match holds one of these. */
  readonly literals: readonly string[];
  /** Where the expression has a group `secret`, that is the finding, else all of it. */
  readonly pattern: RegExp;
  /** The service's own tokens are random, so that one of few different characters is an example. */
  readonly isRandom?: boolean;
}

/** What begins and ends a token, whose characters are those of base64url. */
const START = String.raw`(?<![\w-])`;
const END = String.raw`(?![\w-])`;

function token(kind: string, literals: readonly string[], rest: string): SecretRule {
  const begin = literals.map((literal) => literal.replaceAll('.', '\\.')).join('|');
  return { kind, literals, pattern: new RegExp(`${START}(?:${begin})${rest}${END}`, 'g'), isRandom: true };
}

const TOKENS: readonly SecretRule[] = [
  token('github', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], String.raw`[A-Za-z\d]{36,255}`),
  token('github', ['github_pat_'], String.raw`[A-Za-z\d]{22}_[A-Za-z\d]{59}`),
  token('gitlab', ['glpat-', 'gldt-', 'glrt-', 'glptt-'], String.raw`[\w-]{20,}`),
  token('aws', ['AKIA', 'ASIA'], '[A-Z2-7]{16}'),
  token('gcp', ['AIza'], String.raw`[\w-]{35}`),
  token('gcp', ['GOCSPX-'], String.raw`[\w-]{28}`),
  token('gcp', ['ya29.'], String.raw`[\w-]{30,}`),
  token(
    'slack',
    ['xoxa-', 'xoxb-', 'xoxe-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xoxc-', 'xoxd-'],
    String.raw`[A-Za-z\d%-]{20,}`,
  ),
  token('slack', ['xapp-'], String.raw`\d-[A-Z\d]+-\d+-[a-f\d]{32,}`),
  token('stripe', ['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_'], String.raw`[A-Za-z\d]{16,}`),
  token('stripe', ['whsec_'], String.raw`[A-Za-z\d+/]{24,}={0,2}`),
  token('npm', ['npm_'], String.raw`[A-Za-z\d]{36}`),
  token('pypi', ['pypi-AgE'], String.raw`[\w-]{50,}`),
  token('rubygems', ['rubygems_'], '[a-f\\d]{48}'),
  token('docker', ['dckr_pat_', 'dckr_oat_'], String.raw`[\w-]{27,}`),
  token('anthropic', ['sk-ant-'], String.raw`[\w-]{32,}`),
  token('openai', ['sk-proj-', 'sk-svcacct-', 'sk-admin-'], String.raw`[\w-]{32,}`),
  token('openai', ['sk-'], String.raw`[A-Za-z\d]{20}T3BlbkFJ[A-Za-z\d]{20}`),
  token('huggingface', ['hf_'], '[A-Za-z]{34}'),
  token('sendgrid', ['SG.'], String.raw`[\w-]{22}\.[\w-]{43}`),
  token('digitalocean', ['dop_v1_', 'doo_v1_', 'dor_v1_'], '[a-f\\d]{64}'),
  token('shopify', ['shpat_', 'shpca_', 'shppa_', 'shpss_'], '[a-fA-F\\d]{32}'),
  token('atlassian', ['ATATT3xFfGF0'], String.raw`[\w=-]{60,}`),
  token('databricks', ['dapi'], '[a-f\\d]{32}(?:-\\d)?'),
  token('hashicorp', ['hvs.', 'hvb.'], String.raw`[\w-]{24,}`),
  token('grafana', ['glsa_'], String.raw`[A-Za-z\d]{32}_[A-Fa-f\d]{8}`),
  token('newrelic', ['NRAK-'], String.raw`[A-Z\d]{27}`),
  token('postman', ['PMAK-'], String.raw`[a-f\d]{24}-[a-f\d]{34}`),
  token('figma', ['figd_'], String.raw`[\w-]{40,}`),
  token('linear', ['lin_api_'], String.raw`[A-Za-z\d]{40}`),
  token('notion', ['ntn_'], String.raw`[A-Za-z\d]{46}`),
  token('square', ['sq0csp-', 'sq0atp-'], String.raw`[\w-]{22,43}`),
  token('age', ['AGE-SECRET-KEY-1'], '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}'),
];

const WEBHOOKS: readonly SecretRule[] = [
  { kind: 'slack', literals: ['hooks.slack.com/'], pattern: /hooks\.slack\.com\/(?:services|workflows)\/[\w/]{20,200}/g },
  { kind: 'discord', literals: ['/api/webhooks/'], pattern: /discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[\w-]{60,80}/g },
  { kind: 'telegram', literals: [':AA'], pattern: /(?<![\w-])\d{8,10}:AA[\w-]{33}(?![\w-])/g },
]; // prettier-ignore

const AZURE: readonly SecretRule[] = [
  { kind: 'azure', literals: ['AccountKey=', 'SharedAccessKey='],
    pattern: /(?:AccountKey|SharedAccessKey)=(?<secret>[A-Za-z\d+/]{40,90}={0,2})/g },
  { kind: 'azure', literals: ['Q~'], pattern: /(?<![\w.~-])[\w.~-]{3}\dQ~[\w.~-]{31,34}(?![\w.~-])/g, isRandom: true },
  { kind: 'azure', literals: ['sig='], pattern: /[?&]sig=(?<secret>[A-Za-z\d%+/]{43,70}(?:=|%3D)?)/gi },
]; // prettier-ignore

/** The whole of a key in PEM (RFC 7468), or its first lines where the end was left out. */
const PRIVATE_KEYS: readonly SecretRule[] = [
  { kind: 'private-key', literals: ['PRIVATE KEY'],
    pattern: /-----BEGIN (?:[A-Z\d]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[^-]{32,20000}-----END [A-Z\d ]{0,50}-----|(?:\s{0,4}[A-Za-z\d+/=]{16,100}){1,400})/g },
  { kind: 'private-key', literals: ['PuTTY-User-Key-File-'],
    pattern: /PuTTY-User-Key-File-\d: [\w\s+/=:,.@-]{0,20000}/g },
]; // prettier-ignore

const OTHERS: readonly SecretRule[] = [
  // header and payload begin with {" (RFC 7519, 3.1)
  { kind: 'jwt', literals: ['eyJ'], pattern: /(?<![\w-])eyJ[\w-]{10,4000}\.eyJ[\w-]{10,16000}\.[\w-]{16,4000}/g },
  // of a URL (RFC 3986, 3.2.1), the password is the secret
  { kind: 'connection-string', literals: ['://'],
    pattern: /(?<=[a-z\d]):\/\/[^\s:@/?#"'<>[\]]{0,128}:(?<secret>[^\s@/"'<>[\]{}$]{3,128})@[\w[]/gi },
]; // prettier-ignore

export const SECRET_RULES: readonly SecretRule[] = [
  ...TOKENS,
  ...WEBHOOKS,
  ...AZURE,
  ...PRIVATE_KEYS,
  ...OTHERS,
];
