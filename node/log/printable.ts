/** Text from elsewhere, made safe to show: nothing in it can move the cursor, change the terminal or turn a line around. */

/** Control characters of both sets, line and paragraph separators, and those that change the direction of writing. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The text on one line, with escapes such as `\u001b` where it held something that a terminal would act on. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) =>
    character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Of those, what JSON leaves as it is: it escapes the others by itself, and new lines between its parts are its own. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** JSON that is as safe to show, and says the same. */
export function printableJson(value: unknown, space?: number): string {
  return JSON.stringify(value, null, space).replace(UNSAFE_IN_JSON, printable);
}
