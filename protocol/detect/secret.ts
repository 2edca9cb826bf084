/**
 * Secrets that give access: tokens and keys by the form that their service gives them, and passwords by the word before
 * them. Guarantees: examples such as <password> or xxxx are no secrets, and time is linear in the text.
 */
import { NOTHING, type Seek, type Span } from './found.ts';
import { SECRET_RULES, type SecretRule } from './secret-rules.ts';

/** A random token of any service has more different characters than this. */
const FEW_CHARACTERS = 7;

/** The words that passwords are introduced by, and those of which only a long random value is a secret. */
const PASSWORD = String.raw`passwor[dt]|passwd|pwd|passphrase|passcode|kennwort|mot de passe|contraseña|senha|hasło|lösenord|wachtwoord|adgangskode|salasana|heslo|parola|пароль|密码|密碼|パスワード|비밀번호`;
const KEY = String.raw`(?:api|access|secret|private|account|auth|client|app|encryption|signing)[ _-]?(?:key|token|secret)|secret|token|bearer`;
const IS = String.raw`["'\x60]?(?: (?:is|ist|lautet|est|es|è|är|er|on|to|jest|to jest))?\s?(?::=|[:=])?>?\s?["'\x60]?`;

const AFTER_PASSWORD = new RegExp(
  String.raw`(?:${PASSWORD})(?<is>${IS})(?<secret>[^\s"'\x60,;()<>[\]{}$|]{6,128})`,
  'giu',
);
const AFTER_KEY = new RegExp(
  String.raw`(?:${KEY})(?<is>${IS})(?<secret>[A-Za-z\d+/_.~-]{20,512}={0,2})`,
  'giu',
);
/** One of these, in small letters, stands in every word above. */
const PARTS = [
  'pass', 'pwd', 'kennw', 'contras', 'senha', 'hasło', 'lösen', 'wachtw', 'adgang', 'salasana', 'heslo', 'parola',
  'пароль', '密', 'パス', '비밀', 'key', 'token', 'secret', 'bearer',
]; // prettier-ignore

/** What stands for a password in the address of an example. */
const EXAMPLE = /^(?:pass|password|passwd|pwd|secret|token|[x*.]+)$/i;

export const SECRET_KINDS: readonly string[] = [...SECRET_RULES.map(({ kind }) => kind), 'password', 'key'];

export const seekSecrets: Seek = ({ text }) => {
  const spans: Span[] = [];
  for (const rule of SECRET_RULES) {
    if (rule.literals.some((literal) => text.includes(literal))) {
      collect(text, rule, spans, (secret) => !EXAMPLE.test(secret));
    }
  }
  const small = text.toLowerCase();
  if (PARTS.some((part) => small.includes(part))) {
    collect(text, { kind: 'password', literals: [], pattern: AFTER_PASSWORD }, spans, isPassword);
    collect(text, { kind: 'key', literals: [], pattern: AFTER_KEY, isRandom: true }, spans, isKey);
  }
  return spans.length === 0 ? NOTHING : spans;
};

function collect(
  text: string,
  rule: SecretRule,
  spans: Span[],
  accepts: (secret: string, is: string) => boolean,
): void {
  for (const match of text.matchAll(rule.pattern)) {
    const secret = match.groups?.['secret'] ?? match[0];
    if (rule.isRandom === true && new Set(secret).size <= FEW_CHARACTERS) continue;
    if (!accepts(secret, match.groups?.['is'] ?? '')) continue;
    const end = match.index + match[0].length;
    const start = match[0].endsWith(secret)
      ? end - secret.length
      : match.index + match[0].lastIndexOf(secret);
    spans.push({ kind: rule.kind, start, end: start + secret.length });
  }
}

/** A password has letters and something else; words of prose, of a program or of its documentation have not. */
function isPassword(secret: string, is: string): boolean {
  const bare = secret.replace(/[.!?:]+$/, '');
  if (!/[:=]|\p{L}/u.test(is) || bare.length < 6 || !/\p{L}/u.test(bare)) return false;
  if (/^(?:https?:|\/|\.\/|[*.x]+$)/i.test(bare)) return false;
  return /\d/.test(bare) ? !/^[a-z_]+(?:\.[a-z_]+)+\d?$/i.test(bare) : /[!@#%^&*+=?~]/.test(bare);
}

/** A key has letters of both cases or many digits: words joined by points, dashes or slashes are names. */
function isKey(secret: string, is: string): boolean {
  const digits = secret.replace(/\D/g, '').length;
  return /[:=]|\p{L}/u.test(is) && digits >= 2 && /[A-Za-z]/.test(secret) && /[A-Za-z\d]{12}/.test(secret);
}
