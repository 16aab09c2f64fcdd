// Objects as the wire writes them: which place of an array is filled says of which type a value is.

const valueOf = (value) => {
  if (value === null) return [0];
  if (typeof value === 'number') return [null, value];
  if (typeof value === 'string') return [null, null, value];
  if (typeof value === 'boolean') return [null, null, null, value ? 1 : 0];
  if (Array.isArray(value)) return [null, null, null, null, null, [value.map(valueOf)]];
  return [null, null, null, null, toStruct(value)];
};

export const toStruct = (object) => [Object.entries(object).map(([key, value]) => [key, valueOf(value)])];

const plain = (value) => {
  const place = value.findIndex((held, at) => at > 0 && held !== null);
  if (place < 0) return null;
  const held = value[place];
  if (place === 3) return held === true || held === 1;
  if (place === 4) return fromStruct(held);
  if (place === 5) return (held[0] ?? []).map(plain);
  return held;
};

export const fromStruct = (fields) => Object.fromEntries((fields?.[0] ?? []).map(([key, value]) => [key, plain(value ?? [])]));
