// The answer is one growing array, `[[frame,frame,...]]`. Frames are cut out of it by counting brackets.

const withNulls = (json) => {
  let out = '';
  let quoted = false;
  for (let at = 0; at < json.length; at += 1) {
    const letter = json[at];
    if (quoted) {
      out += letter;
      if (letter === '\\') out += json[(at += 1)];
      else if (letter === '"') quoted = false;
      continue;
    }
    if (letter === ',' && (out.endsWith('[') || out.endsWith(','))) out += 'null';
    out += letter;
    if (letter === '"') quoted = true;
  }
  return out;
};

export const parse = (json) => JSON.parse(withNulls(json.replace(/^\)\]\}'\n/, '')));

export class Frames {
  #text = '';
  #cursor = 0;
  #depth = 0;
  #start = 0;
  #quoted = false;
  #escaped = false;

  /** Takes more text and gives back the frames that it completes. */
  push(more) {
    this.#text += more;
    if (this.#cursor === 0 && this.#text.startsWith(')')) {
      if (this.#text.length < 5) return [];
      this.#cursor = 5;
    }
    const frames = [];
    for (; this.#cursor < this.#text.length; this.#cursor += 1) {
      const frame = this.#step(this.#text[this.#cursor]);
      if (frame) frames.push(frame);
    }
    return frames;
  }

  #step(letter) {
    if (this.#quoted) {
      if (this.#escaped) this.#escaped = false;
      else if (letter === '\\') this.#escaped = true;
      else if (letter === '"') this.#quoted = false;
      return null;
    }
    if (letter === '"') this.#quoted = true;
    if (letter === '[') {
      this.#depth += 1;
      if (this.#depth === 3) this.#start = this.#cursor;
    }
    if (letter !== ']') return null;
    this.#depth -= 1;
    if (this.#depth !== 2) return null;
    return parse(this.#text.slice(this.#start, this.#cursor + 1));
  }
}

/** The parts, finish code, message and grounding of a frame. */
export function read(frame) {
  const candidate = frame?.[0]?.[0] ?? [];
  return { parts: candidate[0]?.[0] ?? [], finish: candidate[1] ?? null, message: candidate[3] ?? null, grounding: candidate[7] ?? null };
}

/** The code and text of an error body. */
export function readError(body) {
  try {
    const [, [code, message]] = parse(body);
    return { code, message };
  } catch {
    return { code: 13, message: 'unknown error' };
  }
}
