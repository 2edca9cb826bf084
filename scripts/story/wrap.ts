/** Text in lines that fit a terminal. */
const WIDTH = 100;

/** Breaks between words; every line after the first begins with `hanging`. */
export function wrap(text: string, hanging = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${hanging}${word}`;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** The lines of what a command wrote, without the empty ones at its end. */
export function linesOf(text: string): string[] {
  return text.trimEnd().split('\n');
}
