/** Times as people write them. */

/** A day or a time (ISO 8601), in UTC where it does not say otherwise, in milliseconds since 1970; undefined for anything else. */
export function parseTime(text: string): number | undefined {
  const [, day, clock = 'T00:00:00', zone = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)?(Z|[+-]\d{2}:\d{2})?$/.exec(text) ?? [];
  const at = Date.parse(`${String(day)}${clock}${zone}`);
  return day === undefined || Number.isNaN(at) ? undefined : at;
}
