// What the editors take: functions and schemas, checked key by key, and how they go over the wire.

import { layout } from './dom.js';

const PLACES = {
  type: 0, format: 1, description: 2, nullable: 3, enum: 4, items: 5, properties: 6, required: 7, minProperties: 8, maxProperties: 9,
  minimum: 10, maximum: 11, minLength: 12, maxLength: 13, pattern: 14, maxItems: 20, minItems: 21, propertyOrdering: 22,
};
const TYPES = { string: 1, number: 2, integer: 3, boolean: 4, array: 5, object: 6 };
const NAME = /^[A-Za-z_][\w.:-]{0,63}$/;

/** Something that an editor does not take, in its own words. */
export class Fault extends Error {}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const areWords = (value) => Array.isArray(value) && value.every((word) => typeof word === 'string');

function parse(words) {
  try {
    return JSON.parse(words);
  } catch (why) {
    throw new Fault(`Invalid JSON: ${why.message}`);
  }
}

function checkKeys(object, known, where) {
  if (!isObject(object)) throw new Fault(`Expected an object in ${where}`);
  const unknown = Object.keys(object).find((key) => !known.includes(key) || layout.editor_refuses.includes(key));
  if (unknown !== undefined) throw new Fault(`Unknown key "${unknown}" in ${where}`);
}

function checkSchema(schema, where) {
  checkKeys(schema, Object.keys(PLACES), where);
  const { type, properties, items, required } = schema;
  if (type !== undefined && !(typeof type === 'string' && type.toLowerCase() in TYPES)) throw new Fault(`Invalid type ${JSON.stringify(type)} in ${where}`);
  if (schema.enum !== undefined && !areWords(schema.enum)) throw new Fault(`Invalid enum in ${where}: expected strings`);
  if (required !== undefined && !areWords(required)) throw new Fault(`Invalid required in ${where}: expected strings`);
  if (items !== undefined) checkSchema(items, `${where}.items`);
  if (properties === undefined) return;
  if (!isObject(properties)) throw new Fault(`Expected an object in ${where}.properties`);
  for (const [key, property] of Object.entries(properties)) checkSchema(property, `${where}.properties.${key}`);
}

/** The functions that a text declares; throws a [`Fault`]. */
export function readFunctions(words) {
  if (!words.trim()) return [];
  const list = parse(words);
  if (!Array.isArray(list)) throw new Fault('Expected an array of function declarations');
  const names = new Set();
  for (const [at, declared] of list.entries()) {
    const name = declared?.name ?? `function ${at + 1}`;
    checkKeys(declared, ['name', 'description', 'parameters'], name);
    if (!NAME.test(declared.name ?? '')) throw new Fault(`Invalid function name ${JSON.stringify(declared.name ?? '')}`);
    if (names.has(name)) throw new Fault(`Duplicate function name "${name}"`);
    names.add(name);
    if (declared.parameters !== undefined) checkSchema(declared.parameters, `${name}.parameters`);
  }
  return list;
}

/** The schema that a text holds, or nothing; throws a [`Fault`]. */
export function readSchema(words) {
  if (!words.trim()) return null;
  const schema = parse(words);
  checkSchema(schema, 'schema');
  return schema;
}

const onWire = {
  type: (type) => TYPES[type.toLowerCase()],
  items: (items) => schemaOnWire(items),
  properties: (properties) => Object.entries(properties).map(([key, property]) => [key, schemaOnWire(property)]),
};

export function schemaOnWire(schema) {
  const places = [];
  for (const [key, value] of Object.entries(schema)) places[PLACES[key]] = (onWire[key] ?? ((same) => same))(value);
  return Array.from(places, (value) => value ?? null);
}

export const functionOnWire = ({ name, description, parameters }) => [name, description ?? null, parameters ? schemaOnWire(parameters) : null];
