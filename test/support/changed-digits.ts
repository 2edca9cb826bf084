/** Every way to change one digit of a text. */
export function* withOneDigitChanged(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += 1) {
    if (!/[0-9]/.test(text[at]!)) continue;
    for (let other = 0; other <= 9; other += 1) {
      if (String(other) !== text[at]) yield text.slice(0, at) + String(other) + text.slice(at + 1);
    }
  }
}
