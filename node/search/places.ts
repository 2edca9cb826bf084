/** Places of entries in a part of the index, each list with the highest first: what two have in common, and what one has alone. */

/** Where one list is so many times longer, each place of the shorter is looked up in it. */
const LOOK_UP_RATIO = 32;

export function inBoth(first: Uint16Array, second: Uint16Array): Uint16Array {
  const [few, many] = first.length <= second.length ? [first, second] : [second, first];
  return few.filter(membership(few, many, true));
}

export function inFirstOnly(first: Uint16Array, second: Uint16Array): Uint16Array {
  return second.length === 0 ? first : first.filter(membership(first, second, false));
}

/** Tells of the places of one list, in its order, whether they are in another. */
function membership(of: Uint16Array, other: Uint16Array, wanted: boolean): (place: number) => boolean {
  const looksUp = other.length > of.length * LOOK_UP_RATIO;
  let at = 0;
  return (place) => {
    if (looksUp) at = firstNotAbove(other, place, at);
    else while (at < other.length && (other[at] ?? 0) > place) at += 1;
    return (other[at] === place) === wanted;
  };
}

/** The index of the first place that is not above another, from an index on. */
function firstNotAbove(places: Uint16Array, place: number, from: number): number {
  let [low, high] = [from, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) > place) low = middle + 1;
    else high = middle;
  }
  return low;
}
